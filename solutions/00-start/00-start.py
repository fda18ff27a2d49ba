# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Start: one request, one queue
#
# **Why does an answer take longer than the work it needs?**
#
# At the end of this lesson you can
#
# 1. follow a request through a queue by hand, and check a simulation against your hand;
# 2. read percentiles and utilisation, and test them with Little's law;
# 3. say how sure a simulated number is, and why one run is not an answer.
#
# It takes about 50 minutes. Nothing here is graded; the checks answer at once.

# %%
import numpy as np
import simpy

from course import data, five, plots, theory
from course.checks import check
from course.overview import overview
from course.patterns.monolith import Monolith
from course.prices import Prices
from course.run import compare, measure, percentile_interval
from course.simulation import Pool, replicate, simulate
from course.workload import Injected, Work, Workload

# %% [markdown]
# ## Where this leads
#
# Five ways to arrange the same work, on the very same requests. Each point says how long an answer takes, each bar what
# a million answers cost. The picture closes every lesson. At the end of the course you can say where its numbers come
# from, how sure they are, and when the order turns round. For now, a look is enough.

# %%
overview(five.stored(), Prices.read().date)

# %% [markdown]
# ## How to work here
#
# Press Shift+Enter to run a cell and go to the next. Every lesson has the same rhythm: it asks you for a guess, runs
# the system, and puts the two side by side. Write the guess down before you run. People who commit to a guess see more
# in the result, also when the guess was wrong.
#
# You cannot break anything. *Kernel, Restart Kernel and Run All Cells* brings every number back.

# %% [markdown]
# ## A request's life
#
# A request to an AI system asks for three steps of work: *prepare* the input, *infer* an answer with the model, and
# *respond*. Here is one that a small image recogniser gets. The times come from published measurements; the table in
# the folder `data` names them.

# %%
image = Work(*data.work("image_classifier"))
image

# %% [markdown]
# That is the mean work in seconds. A **workload** says how many such requests arrive: here 10 a second, for one
# minute. The times between them are random, and so is the work of each. All of it is drawn from the seed, so the same
# workload always brings the very same requests.

# %%
workload = Workload(arrival_rate=10, duration=60, mean_work=image, seed=1)
next(workload.requests())

# %% [markdown]
# ### Three requests by hand
#
# Before any randomness, three requests that you can follow with a pencil. They arrive at 0, 1 and 1.5 seconds and need
# 2, 3 and 1 seconds of work. There is one worker, and it serves them in order of arrival.
#
# **Guess first:** when does the third request leave?

# %%
three = Injected(arrival_times=(0, 1, 1.5), work=(Work(0, 2, 0), Work(0, 3, 0), Work(0, 1, 0)))
by_hand = simulate(Monolith(workers=1), three)
by_hand.spans

# %% [markdown]
# The first starts at once. The second arrives at 1, waits until the worker is free at 2, and leaves at 5. The third
# waits from 1.5 to 5 and leaves at 6. From arrival to departure, its **response time**, took 4.5 seconds, of which 1
# second was its own work. The rest was **waiting time**.

# %%
plots.waterfall(by_hand, request_ids=(0, 1, 2))

# %% [markdown]
# **Your turn.** Four requests arrive at 0, 1, 2 and 6 seconds, and each needs 2 seconds of work. One worker. Replace
# `None` by the four response times.

# %% answer="0A-answer"
# A list of four numbers: the response time of each request, in seconds.
response_times_by_hand = None
### BEGIN SOLUTION
response_times_by_hand = [2, 3, 4, 2]
### END SOLUTION

# %% practice="0A"
check("0A", response_times_by_hand)

# %% [markdown]
# ## A queue in SimPy
#
# SimPy is a Python library in which a process is a function that says what it waits for, with `yield`. The whole
# queue is below, in five steps that return in every model of this course: *arrive, queue, serve, record, stop*.
#
# For now all work of a request is one step, so that there is a formula to hold against it.

# %%
workload = Workload(arrival_rate=9.6, duration=3000, mean_work=Work(0, sum(image), 0), seed=1)
env = simpy.Environment()
server = simpy.Resource(env, capacity=1)
response_times = []
def visit(request):
    with server.request() as turn:
        yield turn                                             # queue
        yield env.timeout(request.work.infer)                  # serve
    response_times.append(env.now - request.arrival_time)      # record
def arrivals():
    for request in workload.requests():
        yield env.timeout(request.arrival_time - env.now)      # arrive
        env.process(visit(request))
env.process(arrivals())
env.run(until=workload.duration)                               # stop

# %% [markdown]
# **Guess:** the work takes 0.083 seconds on average. How long is the mean response time?

# %%
print(f"mean work          {sum(image):.3f} s")
print(f"mean response time {np.mean(response_times):.3f} s, of {len(response_times):,} requests")

# %% [markdown]
# Most of the time is waiting, although the server is idle for a fifth of the day. Is that right, or a mistake in
# fifteen lines of Python? For random arrivals and exponential work at one server, theory has an exact answer. In the
# language of queues it is the M/M/1 queue: with arrival rate λ and service rate μ, the mean response time is
# 1 / (μ − λ). And the share of requests that take longer than *t* is exp(−(μ − λ) *t*). Lay it over the simulation.

# %%
queue = theory.mm1(arrival_rate=9.6, service_rate=1 / sum(image))
print(f"theory             {queue.response_time:.3f} s")

# %%
times = np.linspace(0, 2, 60)
plots.lines(
    x=times,
    series={"simulated": [np.mean(np.array(response_times) > time) for time in times],
            "formula": np.exp(-times / queue.response_time)},
    title="Simulation and formula side by side",
    x_label="response time (s)", y_label="share of requests that take longer",
)

# %% [markdown]
# They are close, and not equal. Is the gap luck, or a mistake? The section on single runs will tell.
#
# ### The short form
#
# From the next lesson on, the models say `yield pool.serve(seconds)`: wait for a server, keep it so long, leave. A
# `Pool` is a set of equal servers with one queue. It also writes down what happened to every job. The times are the
# same to the last digit.

# %%
env = simpy.Environment()
pool = Pool(env, "server", 1)
same_times = []
def visit(request):
    yield pool.serve(request.work.infer)
    same_times.append(env.now - request.arrival_time)
env.process(arrivals())
env.run(until=workload.duration)
same_times == response_times

# %% [markdown]
# And `simulate(design, workload)` does the arrivals and the records. A **design** is a pattern with its numbers:
# here a monolith with one worker. The result is a **run**.

# %%
run = simulate(Monolith(workers=1), workload)
float(np.abs(run.response_times - response_times).max())

# %% [markdown]
# ## Latency, percentiles, utilisation
#
# In everyday speech the response time is called *latency*. Nobody experiences its mean. The 50th **percentile** (p50)
# is the time that half of the requests do not exceed; one request in twenty takes longer than the 95th (p95).

# %%
plots.response_histogram(run)

# %% [markdown]
# The **utilisation** is the busy share of the servers. It is also arrival rate × mean work ÷ servers, as long as that
# is below 1. Above 1, work comes in faster than it is done, and the queue grows until the run stops. Requests that are
# not done by then are counted as **unfinished**, because a mean over the lucky ones would hide them.

# %%
overloaded = simulate(Monolith(workers=1), Workload(24, 600, Work(0, sum(image), 0)))
print(f"utilisation {run.utilisation('workers'):.1%}, unfinished {run.share('unfinished'):.2%}")
print(f"overloaded  {overloaded.utilisation('workers'):.1%}, unfinished {overloaded.share('unfinished'):.2%}")

# %%
plots.levels_over_time(overloaded, "workers")

# %% [markdown]
# ### Little's law
#
# The mean number in a system is the arrival rate times the mean time in it: **L = λW**. It holds for every queue,
# every order of service and every kind of traffic. So it is the best test of a simulator, and of a dashboard. Each
# side below comes from other records: the left from the number in the pool over time, the right from single requests.

# %%
arrival_rate = len(run.arrival_times) / run.end
print(f"L  = {run.mean_in_system('workers'):.3f} requests")
print(f"λW = {arrival_rate * run.mean_response:.3f} requests")

# %% [markdown]
# **Your turn.** A dashboard shows 40 requests a second and, on average, 12 requests in the system. Write the mean
# response time as a function. It must work for every pair of numbers.

# %% answer="0B-answer"
def mean_response_time(arrival_rate, mean_in_system):
    """Seconds that a request spends in the system on average; the rate is in requests per second."""
    ### BEGIN SOLUTION
    return mean_in_system / arrival_rate
    ### END SOLUTION

# %% practice="0B"
check("0B", mean_response_time)

# %% [markdown]
# ## Why one run is not an answer
#
# The run above used seed 1. **Guess:** with other seeds, how far does the p95 of one run of 2,000 requests move? By a
# tenth? By half? Here are 100 runs of the same queue that differ in luck alone.

# %%
short = Workload(arrival_rate=10.8, duration=185, mean_work=Work(0, sum(image), 0), seed=1)
hundred = replicate(Monolith(workers=1), short, times=100)
p95 = [one.percentile(95) for one in hundred]

# %%
truth = theory.response_percentile(10.8, 1 / sum(image), 95)
plots.histogram(p95, marks={"exact": truth}, title="The same queue, a hundred times: p95 of single runs",
                x_label="p95 of one run (s)", y_label="runs")

# %% [markdown]
# The server is 90 % busy, and the lucky runs report a fraction of what the unlucky ones do. Most lie below the
# exact value: a short run starts with an empty queue, and long queues are rare events that it may miss. So a number
# in this course comes from ten runs or more, with a **95 % interval**: a range made by a rule that catches the true
# value 95 times in 100.

# %%
steady = Workload(arrival_rate=9.6, duration=1000, mean_work=Work(0, sum(image), 0))
one_worker = replicate(Monolith(workers=1), steady, times=10)
print("mean response (s):", measure(one_worker, lambda run: run.mean_response))
print("exact            :", round(queue.response_time, 4))
print("p95 (s)          :", percentile_interval(one_worker, 95))

# %% [markdown]
# The exact values lie inside: the gap between curve and formula was luck. With more requests it would shrink.
#
# To compare two designs, give both the same requests and look at the difference, run by run. Luck then hits both sides
# alike and drops out. If the interval of the difference holds zero, the course does not say which is better.

# %%
two_workers = replicate(Monolith(workers=2), steady, times=10)
difference = compare(one_worker, two_workers, lambda run: run.mean_response)
print("a second worker changes the mean response (s) by", difference)

# %% [markdown]
# **Your turn.** How many workers keep utilisation at or below a target? Return the smallest whole number.

# %% answer="0C-answer"
def workers_needed(arrival_rate, mean_work, target):
    """The least number of workers whose utilisation is at most `target`, a share such as 0.7."""
    ### BEGIN SOLUTION
    workers = 1
    while arrival_rate * mean_work / workers > target:
        workers += 1
    return workers
    ### END SOLUTION

# %% practice="0C"
check("0C", workers_needed)

# %% [markdown]
# ## The five patterns
#
# A pattern is one way to arrange the three steps of work. The course takes five of them, gives all of them the same
# requests, and asks of each: how long do users wait, what does it cost, and what happens when the load grows?
#
# ```mermaid
# mindmap
#   root((AI architecture))
#     Monolith
#       one application does every step
#     Microservices
#       a service for each step
#     Event-driven
#       a queue between the steps
#     Lambda
#       a batch path and a fast path
#     Serverless
#       rented by the call
# ```
#
# In words: a **monolith** does all steps in one application. **Microservices** give each step a service of its own,
# and the network connects them. In an **event-driven** system the request becomes an event in a queue, and a consumer
# takes it when it can. The **lambda** architecture computes the answer twice: exactly, in large batches, and quickly,
# from the newest data. **Serverless** rents each step by the call from a provider who starts and stops the machines.

# %% [markdown]
# ## When a check fails
#
# A check reports what it tried, what it got, the property it expected, why that matters, and where to look. Read *you
# got* first and try that very input in a cell of your own. If a name is "not defined", run the cells above: the kernel
# was restarted. If nothing helps, restart the kernel and run all cells. Passing checks catch careless mistakes;
# they do not prove that an answer is right.
#
# ## In this notebook
#
# - A response time is work plus waiting; the waiting grows long before the server is full.
# - Utilisation is arrival rate × work ÷ servers; unfinished requests are counted, or overload would look good.
# - Little's law, L = λW, ties what the server sees to what the users feel.
# - One run is a sample. Ten runs and an interval are an answer.
#
# Next: [the monolith](../01-monolith/01-monolith.ipynb), the simplest arrangement of all.
