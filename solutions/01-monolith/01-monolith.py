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
# # The monolith
#
# **How far does one application carry you, and what stops it?**
#
# At the end of this lesson you can
#
# 1. predict response times of a monolith under load, and size it for a promise to its users;
# 2. show by experiment where six common statements about monoliths hold, and where they fail;
# 3. decide whether to stay with one application, and defend the decision with numbers.
#
# It takes about 80 minutes, with a good place to stop after *Load*. The exercises give 20 points.

# %%
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import simpy

from course import data, explore, five, live, plots, scenarios, tables, theory
from course.checks import check, contrast, given, looking_back, predict, remember, reveal
from course.claims import ledger, monolith as claims, run as run_claim
from course.faults import Outage
from course.overview import overview
from course.patterns.monolith import Monolith
from course.policies.scheduled import Scheduled
from course.prices import Prices
from course.run import percentile_interval
from course.show import show
from course.simulation import replicate, simulate
from course.workload import Bursty, Deterministic, Diurnal, Hyperexponential, Injected, LogNormal, Work, Workload

# %% [markdown]
# **Warm up** with three questions about the lesson before. Answer aloud, then unfold.
#
# <details><summary>A server is busy 80 % of the time. Is the mean wait shorter or longer than the mean work?</summary>
# Longer: at one server with random traffic, the wait is four times the work.</details>
#
# <details><summary>Thirty requests a second, each in the system for half a second. How many are in it?</summary>
# Fifteen, by Little's law.</details>
#
# <details><summary>One run shows a p95 of 0.61 s, another design 0.58 s. Which is better?</summary>
# Nobody knows yet: compare them on the same requests, ten times, and look at the interval.</details>
#
# ## The idea
#
# Put everything into one application: taking data in, processing it, running the model, sending the result. It is one
# unit of code that is built, started and scaled as a whole.
#
# ```mermaid
# flowchart LR
#   client[Client] --> ingestion
#   subgraph monolith [One application]
#     ingestion[Data ingestion] --> processing[Data processing] --> inference[Model inference]
#   end
#   inference --> results[Results and predictions]
# ```
#
# In words: the client talks to a single application. Inside it, data ingestion hands over to data processing, and
# that to model inference; results and predictions come out at the other end. Nothing on the way crosses a network.
#
# Teams choose it for small AI applications of limited scope, for proofs of concept, and when getting something running
# matters more than growth. Six statements are often made about it:
#
# | In favour | Against |
# |---|---|
# | simple to develop and deploy | hard to scale |
# | easier to debug and test | its components are tightly coupled |
# | suitable for small projects | difficult to update and maintain as it grows |
#
# This lesson puts each of the six to a test that it could fail.

# %% [markdown]
# ## The model
#
# **Invent a rule first.** An image recogniser gets 120 requests a second, and each needs 0.083 s of work. How many
# workers would you start? Take five minutes to write down a rule that works for any rate, not only a number.
#
# Three rules are common. *Work in, work out*: rate × work, rounded up. *Double it*, to be safe. *Square root*: rate
# × work plus some multiple of its square root. Try them.

# %%
image = Work(*data.work("image_classifier"))
offered_load = 120 * sum(image)
rules = {"work in, work out": math.ceil(offered_load), "double": math.ceil(2 * offered_load),
         "square root": math.ceil(offered_load + 1.5 * math.sqrt(offered_load))}
for rule, workers in rules.items():
    queue = theory.mmc(120, 1 / sum(image), workers)
    print(f"{rule:18} {workers:3} workers, busy {queue.utilisation:4.0%}, mean wait {queue.waiting_time:.4f} s")

# %% [markdown]
# The first rule runs at the edge and pays with waiting; the second pays for machines that idle. The third adds spare
# capacity only as fast as luck makes the load swing, and the swing grows with the square root. Remember it for
# exercise 1D.
#
# Now the model. Before you look: **which lines would you expect** in a program that describes a
# monolith? This is the whole file that runs below.

# %%
show(Monolith)

# %% [markdown]
# One line tells the life of a request: one worker does every step, one after the other. What the model leaves out:
# the time to start a worker; memory, which all steps of one process share; a database behind it; caches that are warm
# or cold. And one fact that would turn the conclusions round: a lock that all workers need. *Load* comes back to it.
#
# ## One run
#
# First by hand. Ten requests arrive a tenth of a second apart, and each needs 0.3 s. There are two workers.
#
# **Guess:** when does the tenth request leave, and which requests wait? Your guess is stored before the run, set beside
# what you saw, and shown again at the end. The first one counts, so write it before you run the cell.

# %%
guess = None        # seconds; write yours, then run
remember("the tenth leaves, at s", guess)
ten = Injected(arrival_times=[number / 10 for number in range(10)], work=[Work(0.05, 0.2, 0.05)] * 10)
by_hand = simulate(Monolith(workers=2), ten)
contrast("the tenth leaves, at s", by_hand.departure_times[9])
plots.waterfall(by_hand, request_ids=range(10))

# %% [markdown]
# The first two start at once. From the third on everyone waits, and each pair waits 0.1 s longer than the pair before:
# two workers finish 6.7 requests a second while 10 arrive. A queue is the difference, added up.
#
# Now thousands: an office sends 25 requests a second to four workers. Below are the records of the first three. The
# record of one job in one pool is called a **span**. The picture shows the last twenty seconds.

# %%
office = Workload(arrival_rate=25, duration=400, mean_work=image, seed=1)
run = simulate(Monolith(workers=4), office)
display(run.spans.head(3), plots.levels_over_time(run.after(380), "workers"))

# %% [markdown]
# ## Latency
#
# **Guess:** the mean work is 0.083 s and the workers are busy half of the time. Which response time do nineteen of
# twenty users stay below?

# %%
guess = None        # seconds
remember("p95 when half busy, in s", guess)
contrast("p95 when half busy, in s", run.percentile(95))
plots.response_histogram(run)

# %% [markdown]
# How long requests wait depends on more than how busy the workers are. Below, the mean work and the rate are the same,
# and only the variety of the work changes. **Guess** the p95 of each, before you run.

# %%
guess = {"always the same": None, "some variety": None, "a few giants": None}      # seconds
remember("p95 by variety", guess)
kinds = {"always the same": Deterministic(), "some variety": LogNormal(cv=1), "a few giants": Hyperexponential(cv=4)}
variety = {name: replicate(Monolith(1), Workload(9, 1000, image, distribution=kind)) for name, kind in kinds.items()}
contrast("p95 by variety", {name: percentile_interval(runs, 95) for name, runs in variety.items()})
tables.readable(tables.summary(variety, index="work"))

# %% [markdown]
# The average traffic and the utilisation are the same in every row; the tail is another world. A few giants make
# everyone behind them wait. That matters to an application with one queue for everything.
#
# ### Tight coupling
#
# In one process, the parts share more than a queue: when one part crashes, all of them are gone until the restart.
# Five features with equal traffic; one of them, the reports, crashes now and then. **Guess:** what share of *all*
# requests fails, compared with five services? Each claim of the course is tested in this form. Its result is stored, as
# `course claims --measure` made it; `run_claim(claims.COUPLED, traces=20)` computes it anew, on twenty traces.

# %%
guess = {"monolith": None, "five services": None}       # percent
remember("failed by one crash, in %", guess)

# %%
coupled = run_claim(claims.COUPLED)
contrast("failed by one crash, in %", dict(zip(guess, coupled.arms[0][2:4])))
effects = {arm.name: arm.effect for arm in coupled.arms}
display(claims.COUPLED.card, coupled)
plots.paired_differences(effects, title="What one crash takes along",
                         x_label="more failed requests in the monolith (percentage points)")

# %% [markdown]
# Read it row by row. *Hold* is where the statement should be right, *fail* where it should be wrong; both see the same
# crashes, and the effect is a paired difference with its 95 % interval. *Flips at* is the boundary that the experiment
# found. Note the condition: splitting helps only as long as the other services can live without the one that crashed.
#
# ## Load
#
# What happens as the load grows? First a graded exercise: a prediction. It earns its points for being made before
# the run and compared after it, never for being right.
#
# ### Exercise 1P: predict (2 points, 6 minutes)
#
# One worker answers requests. We raise the arrival rate until it is busy 50, then 80, then 95 % of the time. How do
# the **mean** and the **p99** of the response time grow, as a multiple of their values at 50 %?
#
# Choose a band for 80 % and one for 95 %: **A** less than 1.5 times, **B** 1.5 to 3, **C** 3 to 6, **D** 6 to 12,
# **E** more than 12. Or use words of your own. Add how sure you are, from 1 (a guess) to 4 (certain), and one line
# that says why. The first point is for a full prediction made before the run, right or wrong. The run after it, ten
# times for each load, stays covered until your prediction is stored.

# %% answer="1P-prediction"
# Write two lines of the form: mean = ("A", "A", 1, "why you think so, in five words or more")
mean = p99 = None
### BEGIN SOLUTION
mean = ("B", "D", 3, "the queue grows faster as the spare time shrinks")
p99 = ("C", "E", 2, "a long wait hits the unlucky requests hardest")
### END SOLUTION
predict("1P", {"mean": mean, "p99": p99})

# %%
def run_at(utilisation):
    return replicate(Monolith(1), Workload(utilisation / sum(image), 1000, Work(0, sum(image), 0)), times=10)

reveal("1P", run_at)

# %% [markdown]
# Which guess was furthest off? Write one or two sentences that quote the number you **saw** in the table and say what
# explains it. That is the second point.

# %% answer="1P-reconcile"
# Write: reconcile = "one or two sentences"
reconcile = None
### BEGIN SOLUTION
reconcile = ("My p99 was furthest off: I said more than 12 times and saw 10.15 times. "
             "Mean and p99 grow alike, because both follow the spare capacity.")
### END SOLUTION

# %% check="1P" points=2
check("1P", reconcile)

# %% [markdown]
# Now the whole curve. The last column is the exact mean by the formula of Pollaczek and Khinchine, which needs only
# the mean work and its variety (cv, the standard deviation over the mean).

# %%
loads = (0.3, 0.5, 0.7, 0.8, 0.9)
by_load = {load: replicate(Monolith(1), Workload(load / sum(image), 1500, image)) for load in loads}
curve = tables.summary(by_load, index="utilisation offered")
cv = math.hypot(*image) / sum(image)
exact = [theory.mg1(load / sum(image), sum(image), cv).response_time for load in loads]
display(tables.readable(curve).assign(**{"exact mean (s)": np.round(exact, 3)}))
plots.response_against_load(curve, title="The last tenth of utilisation costs more than all before it")

# %% [markdown]
# ### More workers
#
# **Guess:** at 80 % load you go from one worker to two, with the same traffic. Is the response time halved?

# %%
guess = None        # how many times as long with one worker as with two
remember("a second worker", guess)
busy = Workload(0.8 / sum(image), 1000, image)
more = tables.summary({n: replicate(Monolith(n), busy) for n in (1, 2, 4)}, index="workers")
contrast("a second worker", more["mean (s)"][1] / more["mean (s)"][2])
tables.readable(more)

# %% [markdown]
# Far more than halved, and then hardly changed at all. The second worker takes away the waiting; no number of workers
# takes away the work. Adding copies scales a monolith well, as long as the copies share nothing.
#
# If they do share something, such as a lock or a table that every request writes, more copies can mean fewer answers.
# The universal scalability law describes it: σ is the share of work that only one copy can do at a time, κ the price
# of keeping copies in agreement. The picture has σ = 5 % and κ = 0.05 %.
#
# ### Hard to scale
#
# Even without sharing, a copy is a copy of everything. If requests need much of one kind of hardware and little of
# another, whole copies buy both. **Guess:** by how much, for work of 100 ms on a CPU and 10 ms on a GPU? The table
# under the picture answers.

# %%
guess = None        # percent of the money
remember("whole copies cost more, in %", guess)
copies = list(range(1, 101))
answers = {"nothing shared": copies, "a lock": [theory.usl(n, 1, 0.05, 0) for n in copies],
           "agreement": [theory.usl(n, 1, 0.05, 0.0005) for n in copies]}
picture = plots.lines(copies, answers, title="A lock bends the line, agreement turns it down",
                      x_label="copies", y_label="throughput (multiples of one copy)")
display(picture, scaled := run_claim(claims.SCALE))
contrast("whole copies cost more, in %", 100 * scaled.effect.mean / scaled.arms[0].comparison.mean)

# %% [markdown]
# So the statement depends on the shape of the work: where the steps fit the box, the monolith scales as cheaply as
# anything. *This is a good place to stop for today.*
#
# ## Cost
#
# A monolith pays for its servers by the hour, busy or idle. Prices come from a table with a date.

# %%
prices = Prices.read()
month = 730 * 3600
bills = {}
for workers in (3, 4, 8):
    design = Monolith(workers)
    bill = design.bill(simulate(design, office), prices)
    bills[f"{workers} workers"] = {item: usd * month / office.duration for item, usd in bill.items()}
plots.bill_bars(bills, prices, title="You pay for workers, not for requests", unit="USD a month")

# %% [markdown]
# The bill does not depend on the traffic, so the price of one answer does: a night without requests costs as much as a
# day full of them. Whether that is cheap depends on the alternatives, and on what it costs to keep a system running.
# **Guess:** from which price of operations on is one unit cheaper than the pieces?

# %%
guess = None        # USD a month
remember("operations from which one unit is cheaper", guess)
contrast("operations from which one unit is cheaper", (small := run_claim(claims.SMALL)).boundary)
small

# %% [markdown]
# ### What people pay
#
# Three of the six statements are about people: deploying, debugging, changing. A simulation has no people in it. What
# it can test is a mechanism that people then have to live with, and each table says so.

# %%
display(*map(run_claim, (claims.SIMPLE, claims.DEBUG, claims.UPDATE)))

# %% [markdown]
# The last one is worth a second look. The delay comes from waiting for the next release, so a monolith that is
# released daily beats services that are released weekly. It is the size of the batch that hurts, more than the
# architecture.
#
# ## Explore
#
# Two questions to answer with the sliders:
#
# 1. Four workers at 30 requests a second: how much burstiness does it take to double the p95?
# 2. Challenge: find two settings with the same utilisation whose p95 differ by a factor of five.

# %%
panels = live.LiveFigure()

def draw(arrival_rate, burstiness, workers, work):
    bursts = Bursty(burstiness, burst=2, calm=6)
    traffic = Workload(arrival_rate, 10_000 / arrival_rate, Work(0, work / 1000, 0), arrivals=bursts)
    run = simulate(Monolith(workers), traffic)
    return panels.draw(run, run.design.bill(run, prices))

explore.explore(
    draw,
    arrival_rate=explore.Slider("arrival rate", "requests/s", 5, 60, 1, 30),
    burstiness=explore.Slider("burstiness", "peak over mean", 1, 4, 0.25, 1),
    workers=explore.Slider("workers", "", 1, 12, 1, 4),
    work=explore.Slider("work", "ms a request", 20, 200, 5, 80),
)

# %% [markdown]
# The same sweep as a table, for reading without sliders: four workers, 30 requests a second, 80 ms.

# %%
def at_peak(peak):
    bursts = Bursty(peak, burst=2, calm=6)
    return replicate(Monolith(4), Workload(30, 10_000 / 30, Work(0, 0.080, 0), arrivals=bursts))

tables.readable(tables.summary({peak: at_peak(peak) for peak in (1, 1.5, 2, 3)}, index="burstiness"))

# %% [markdown]
# ### Three places for a monolith
#
# The use cases of *The idea*, as briefs with traffic, a promise and a budget. Each is met, or not, by one worker.

# %%
briefs = [scenarios.evaluate(brief, Monolith(1)) for brief in (scenarios.U1, scenarios.U2, scenarios.U3)]
pd.concat(briefs)

# %% [markdown]
# ## Exercises
#
# Four exercises with 18 points; the first, 1P, stands under *Load*. The check below each answer tells at once what it
# sees on one set of requests. Your grade comes from others that you have not seen.
#
# ### Exercise 1C: calculate (4 points, 10 minutes)
#
# Requests arrive at random, `arrival_rate` a second. One worker would finish `service_rate` a second if it never
# idled, and its work is exponential (M/M/1). Return three numbers in this order: the **mean** response time in
# seconds, its **p99** in seconds, and the mean **number** in the system, waiting or in service. When the queue
# grows without end, return `math.inf` three times. A rate of 0 is allowed.
#
# <details><summary>Hint 1: the idea</summary>
# First say in one sentence what the response time is made of. Then: a worker that could do μ a second and must do λ
# has μ − λ to spare. The response time of this queue is exponential, like the work itself, but with a longer
# mean.</details>
#
# <details><summary>Hint 2: where to look</summary>
# The mean is one over what is to spare. An exponential time exceeds t with probability exp(−t / mean): which t is
# exceeded once in a hundred? Little's law gives the third number from the first.</details>
#
# <details><summary>Hint 3: one line, on other numbers</summary>
# With 2 requests a second and a worker that can do 6, the mean is 1 / (6 − 2) = 0.25 s, and the median, exceeded
# once in two, is 0.25 × ln 2 = 0.173 s.</details>

# %% answer="1C-answer"
def mm1_response(arrival_rate, service_rate):
    """Mean response time (s), its 99th percentile (s), and the mean number in the system."""
    ### BEGIN SOLUTION
    if arrival_rate >= service_rate:
        return math.inf, math.inf, math.inf
    mean = 1 / (service_rate - arrival_rate)
    return mean, mean * math.log(100), arrival_rate * mean
    ### END SOLUTION

# %%
mm1_response(arrival_rate=3, service_rate=5)

# %% check="1C" points=4
check("1C", mm1_response)

# %% [markdown]
# ### Exercise 1M: build the shared pool (5 points, 12 minutes)
#
# First put the life of one request in order. These lines are shuffled, and one of them does not belong:
#
# ```
#         yield env.timeout(service_times[number])
#         answer[number] = env.now
#     yield env.timeout(arrival_times[number])
#     with pool.request() as worker:
#         yield worker
#     answer[number] = env.now - arrival_times[number]
# ```
#
# Then write the three missing lines below, *queue*, *serve* and *record*. The function gets the times of a recorded
# trace, in seconds, and returns the response time of every request in order of arrival. `workers` equal workers
# share one queue, first come, first served. Every request is finished, however long that takes.
#
# <details><summary>Hint 1: the idea</summary>
# Say in one sentence from when to when a user waits. A request holds its worker exactly as long as the program is
# inside the `with` block, so waiting and serving belong inside it.</details>
#
# <details><summary>Hint 2: where to look</summary>
# Compare the queue in bare SimPy in lesson 00: *queue* yields the request for a worker, *serve* yields a timeout.
# *Record* comes after the block: the clock is at the end of the service then, and the arrival time is in the
# trace.</details>
#
# <details><summary>Hint 3: one line, on other numbers</summary>
# A request that arrives at 4 s, gets a worker at 7 s and needs 2 s leaves when `env.now` is 9, so its response time is
# 9 − 4 = 5 s.</details>

# %% answer="1M-answer"
def response_times(arrival_times, service_times, workers):
    """Response time (s) of each request, in order of arrival."""
    env = simpy.Environment()
    pool = simpy.Resource(env, capacity=workers)
    answer = [None] * len(arrival_times)
    def life(number):
        yield env.timeout(arrival_times[number])        # arrive
        with pool.request() as worker:
            ### BEGIN SOLUTION
            yield worker                                # queue
            ### END SOLUTION
            ### BEGIN SOLUTION
            yield env.timeout(service_times[number])    # serve
            ### END SOLUTION
        ### BEGIN SOLUTION
        answer[number] = env.now - arrival_times[number]    # record
        ### END SOLUTION
    for number in range(len(arrival_times)):
        env.process(life(number))
    env.run()                                           # stop
    return answer

# %%
response_times(arrival_times=[0, 1, 2], service_times=[3, 3, 3], workers=2)

# %% check="1M" points=5
check("1M", response_times)

# %% [markdown]
# ### Exercise 1D: the smallest pool that keeps a promise (5 points, 18 minutes)
#
# The image application promises a p99 of **0.300 s at most, in each period of the day**. Night, day and peak bring
# 20, 64 and 96 requests a second; here a day is shrunk to 360 seconds, 120 for each period. At peak **one replica
# fails** for a minute. A replica costs the hourly price of a server for as long as it is planned. Choose three
# whole numbers `replicas = (night, day, peak)`: keep the promise, and pay as little as you can.
#
# The check looks at the one day you see. The grade looks at ten other days, some longer, drawn from the same
# traffic: half of it for the promise on average, a fifth for keeping it day by day, the rest for cost, once the
# promise is kept.
#
# <details><summary>Hint 1: the idea</summary>
# Say in one sentence why rate × work, rounded up, is not enough. Luck makes the load swing by about its square
# root, so spare capacity should grow like the square root too.</details>
#
# <details><summary>Hint 2: where to look</summary>
# The three periods can be sized one after the other: print the p99 of each and change one number at a time. Then count
# the workers that are left at peak during the failure. Last, repeat the day with other seeds: one day is
# luck.</details>
#
# <details><summary>Hint 3: one line, on other numbers</summary>
# For an offered load of 16 busy workers, half a square root to spare gives 16 + 0.5 × 4 = 18, and one more for a
# failure.</details>

# %%
traffic = Workload(60, 360, image, seed=36, arrivals=Diurnal((20, 64, 96), day=360), distribution=LogNormal(0.5))
failure = Outage("workers", start=270, duration=60, servers=1)

def day_with(replicas, seed=36):
    night, day, peak = replicas
    design = Scheduled(Monolith(night), "workers", ((120, day), (240, peak)))
    return simulate(design, replace(traffic, seed=seed), faults=(failure,))

def p99_by_period(run):
    responses, period = run.departure_times - run.arrival_times, run.arrival_times // 120
    return [round(float(np.nanpercentile(responses[period == number], 99)), 3) for number in (0, 1, 2)]

p99_by_period(day_with((12, 12, 12)))

# %% answer="1D-answer"
# Write: replicas = (night, day, peak)
replicas = None
### BEGIN SOLUTION
replicas = (3, 7, 10)
### END SOLUTION

# %% check="1D" points=5
check("1D", replicas)

# %% [markdown]
# ### Exercise 1E: stay or split? (4 points, 12 minutes)
#
# A team runs one application and has measured a trial in which it was split into services. The table below has the
# numbers; they are made up for this exercise.
#
# Write the decision record in English, in 250 words or fewer: the **decision**; the **two options**; **three numbers
# or more from the table** that lead to it; **revisit when**, a trigger that somebody could notice. Either decision
# can earn all points. Two points are counted by the check. Two are given by your instructor: do the reasons follow
# from the numbers, and do you say what the table leaves out?
#
# <details><summary>Hint 1: the idea</summary>
# Say in one sentence what hurts this team most today. A decision record is that sentence, the price of the cure,
# and the moment at which the answer would change.</details>
#
# <details><summary>Hint 2: where to look</summary>
# Each row of the table favours one of the options. Pick the rows that matter to this team, and name the row that
# speaks against you too.</details>
#
# <details><summary>Hint 3: one line, on other numbers</summary>
# "Decision: we keep the single database. Two databases would cut reads from 40 to 25 ms but cost 300 USD more a month.
# Revisit when reads pass 100 ms."</details>

# %%
given("1E")

# %% manual="1E-answer" points=2
# Write: record = """Decision: ... Options: ... Because: ... Revisit when: ..."""
record = None
### BEGIN SOLUTION
record = """Decision: we stay with one application, and release it daily.
Options: stay, or split into services.
Because: a split would make the p95 worse, 365 instead of 310 ms, and cost 690 instead of 420 USD a month. The lead time
of 9.5 days against 3.5 speaks for the split, but it comes from the weekly release, which we can change without one.
What the table leaves out: the work of splitting, and how often a part fails at all.
Revisit when: the lead time is still above 5 days after three months of daily releases, or two outages of one part take
everybody down within a quarter."""
### END SOLUTION

# %% check="1E" points=2
check("1E", record)

# %% [markdown]
# ## In this notebook
#
# - A monolith is a pool of equal workers with one queue; its p95 depends on utilisation, variety and bursts.
# - Copies scale it until they share something, or until the steps need different hardware.
# - What couples the parts is what they share: a queue, a process, a release.
# - It pays by the hour, so it is cheap when it is small or busy.
#
# Two questions to take along: which of your predictions was furthest off, and why? And what would change your mind
# about staying with one application? Below are all your guesses of this lesson beside what you saw, and last the six
# statements as the experiments decided them, and all five patterns of the course on the same requests:

# %%
looking_back()
display(ledger(claims.CLAIMS), overview(five.stored(), prices.date))
