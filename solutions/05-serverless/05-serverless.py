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
# # Serverless
#
# **When is it cheaper to rent seconds than servers, and what does waking up cost?**
#
# At the end of this lesson you can
#
# 1. predict how many calls meet a cold start, and how bursts change that;
# 2. find the traffic from which a server costs less than functions;
# 3. tell which work does not belong in a function, and show where six common statements about serverless fail.
#
# It takes about 85 minutes, with a good place to stop after *Load*. The exercises give 20 points.

# %%
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import simpy

from course import explore, five, live, plots, scenarios, tables
from course.checks import check, contrast, given, looking_back, predict, remember, reveal
from course.claims import cold, ledger, long_tasks, paying, run as run_claim, serverless as claims
from course.data import work
from course.laws import LogNormalLaw
from course.overview import overview
from course.patterns.monolith import Monolith
from course.patterns.serverless import Serverless
from course.policies import (
    Asynchronous,
    Autoscaled,
    Batched,
    Exponential,
    LanguageModel,
    Provisioned,
    Queued,
    Retries,
    Store,
)
from course.prices import Prices
from course.run import measure, percentile_interval
from course.show import show
from course.simulation import replicate, simulate
from course.workload import Bursty, Deterministic, Diurnal, Injected, LogNormal, Poisson, Work, Workload

# %% [markdown]
# **Warm up** with three questions about the lessons before. Answer aloud, then unfold.
#
# <details><summary>What does the bill of a monolith depend on?</summary>
# On the servers that are planned. Requests do not change it.</details>
#
# <details><summary>A stall is over, and retries go on. What is missing?</summary>
# A budget. Backing off alone spreads the load and does not lower it.</details>
#
# <details><summary>A page asks 100 services, each slow once in a hundred times. How often is it slow?</summary>
# In 63 % of cases.</details>
#
# ## The idea
#
# Write only the function. A provider runs it when a request comes, on machines that you never see, and scales it up and
# down by itself. You pay for the requests and for the seconds that they take.
#
# ```mermaid
# flowchart LR
#   client[Client] --> gateway[API gateway]
#   gateway --> function[Function as a service]
#   function --> inference[Inference service]
#   inference --> storage[Storage]
#   storage --> result[Result to the client]
# ```
#
# In words: the client talks to an API gateway, which calls a function. The function asks an inference service; what
# comes out is stored, and the result goes back to the client.
#
# Teams choose it for lightweight AI applications whose traffic nobody can foresee: chatbots and virtual assistants,
# image recognition, small predictive services. Six statements are often made:
#
# | In favour | Against |
# |---|---|
# | costs little: you pay as you go | little control over the infrastructure |
# | scales with demand by itself | cold starts add latency |
# | simple to deploy | may not suit tasks that run long |
#
# ## The model
#
# **Invent a rule first.** A function that has answered stays in memory for a while. The next request that finds it
# there is fast; else a new **instance** must start, which is called a **cold start**. Memory that waits costs the
# provider money. Write a rule: how long should an idle instance be kept?
#
# Common rules: *not at all*; *as long as the mean pause between two calls*; *ten minutes for everybody*. At random
# traffic, the share of calls that come after a pause longer than τ seconds is exp(−λτ), with λ calls a second.

# %%
for calls_an_hour in (1, 6, 60):
    late = {"not at all": 1.0, "mean pause": math.exp(-1), "ten minutes": math.exp(-600 * calls_an_hour / 3600)}
    print(f"{calls_an_hour:3} calls an hour:", *(f"{rule} {share:.2%} cold;" for rule, share in late.items()))

# %% [markdown]
# Say it is ten minutes for everybody, as at a large provider (`data/platform_defaults.csv`, lambda_idle_life). Then the
# rare function is nearly always cold, and the busy one hardly ever. The curve under *Latency* follows from that.
#
# Now the model. **Which lines do you expect** for a request that finds no idle instance?

# %%
show(Serverless)

# %% [markdown]
# An instance has one request at a time, and no request waits for another's: there is an idle instance, or a new one,
# or the request is turned away, which is called **throttled**. Memory brings processor time in proportion; 1.769 GB
# bring one whole processor. The gateway, the inference service and the storage of the picture are left out, or stand
# behind the function as `calls`. What else the model leaves out: what a package weighs, and how that slows its start;
# restarts after a timeout; logs; data that crosses a border of the provider's network. And one fact that would turn
# the conclusions round: some providers put many requests into one instance, which is then a small server.
#
# ## One run
#
# Five calls, each with 0.3 s of work. A cold start takes exactly 1 s, and an idle instance is kept for 5 s. **Guess:**
# which calls are cold?

# %%
guess = None        # a tuple of call numbers, from 0; write yours, then run: the first one counts
remember("which calls are cold", guess)
run = simulate(Serverless(cold_start=LogNormalLaw(1), keep_alive=5), Injected((0, 2, 2.1, 4, 12), [(0, 0.3, 0)] * 5))
contrast("which calls are cold", run.jobs["cold starts"].request.tolist())
plots.waterfall(run, request_ids=range(5))

# %% [markdown]
# A call starts an instance when no idle one is left: calls 0 and 4 find none, and call 2 finds the only one busy. What
# keeps a busy function from cold starts is that its calls come one after the other.
#
# ## Latency
#
# ### Exercise 5P: the cold-start curve (2 points, 6 minutes)
#
# A function classifies images. A cold start takes 2 s, and an instance stays warm for 600 s after its last call. Where
# do the **cold share** of all calls and the **p99** of the response time go: up, down, or the same?
#
# - *steady*: traffic grows from one call an hour to ten a second, at random times;
# - *bursts*: then the ten a second come in bursts, 200 a second for 10 s or so, and none for 190 s or so.
#
# Each run begins without instances.
#
# As in 1P, the first point is for a full prediction before the run, right or wrong, with how sure you are (1 to 4) and
# a reason for each part.

# %% answer="5P-prediction"
# Write two lines of the form: steady = ("up", "same", 1, "why you think so, in five words or more")
steady = bursts = None      # each: where the cold share goes, where the p99 goes, how sure, why
### BEGIN SOLUTION
steady = ("down", "down", 3, "a busy function has no time to go cold")
bursts = ("up", "up", 2, "many calls at once need many new instances")
### END SOLUTION
predict("5P", {"steady": steady, "bursts": bursts})

# %%
# For each row: calls an hour, hours of a run, and whether they come in bursts.
by_traffic = {"1 an hour": (1, 400, Poisson()), "10 an hour": (10, 100, Poisson()),
              "1 a minute": (60, 10, Poisson()), "1 a second": (3600, 0.5, Poisson()),
              "10 a second": (36_000, 0.35, Poisson()),
              "10 in bursts": (36_000, 0.35, Bursty(peak=20, burst=10, calm=190))}

def run_at(row):
    an_hour, hours, arrivals = by_traffic[row]
    calls = Workload(an_hour / 3600, 3600 * hours, Work(*work("image_classifier")), arrivals=arrivals)
    return replicate(Serverless(cold_start=LogNormalLaw(2), keep_alive=600), calls)

reveal("5P", run_at)

# %% [markdown]
# Which guess was furthest off? In one or two sentences, quote a number you **saw** and say what explains it: the second
# point.

# %% answer="5P-reconcile"
# Write: reconcile = "one or two sentences"
reconcile = None
### BEGIN SOLUTION
reconcile = ("I thought that the p99 falls as smoothly as the cold share. At ten calls an hour it was still 2.196 s: "
             "it looks at the slowest 1 % only, and drops when fewer than that are cold. Bursts need more instances at "
             "once than are warm.")
### END SOLUTION

# %% check="5P" points=2
check("5P", reconcile)
# %% [markdown]
# More traffic means fewer cold starts, until it comes in bursts: a burst that finds too few instances must start many,
# and while they start, the calls that follow start more. Below is the curve for a function that is kept for ten
# minutes, beside exp(−λτ), and the statement that it decides. The last row of the table has bursts.

# %%
seen, an_hour = cold.curve(traces=4), np.array([1, 6, 30, 360, 36_000])
steady = seen.iloc[:len(an_hour)]
picture = plots.lines(
    np.log10(an_hour), {"simulated": steady.cold, "exp(−λτ)": 100 * np.exp(-an_hour / 3600 * 600)},
    bands={"simulated": (steady["cold low"], steady["cold high"])}, title="A busy function has no time to go cold",
    x_label="calls an hour, as a power of ten", y_label="cold starts (%)")
display(picture, seen.round(3), run_claim(claims.COLD))

# %% [markdown]
# Read the p99 beside the share of cold calls: it stays high as long as one call in a hundred is cold.
#
# ## Load
#
# Traffic rises tenfold within a second, from 5 to 50 requests a second. **Guess** the p95 in the three minutes after
# it: two fixed workers, workers that an autoscaler adds and that boot for a minute, and functions. (Three runs each.)

# %%
guess = {"2 fixed workers": None, "autoscaler": None, "functions": None}       # p95, in seconds
remember("p95 after the jump", guess)

# %%
jump = Workload(38.75, 240, Work(0, 0.080, 0), arrivals=Diurnal((5, 50, 50, 50), day=240))
ways = {"2 fixed workers": Monolith(2), "autoscaler": Autoscaled(Monolith(2), "workers"), "functions": Serverless()}
later = {name: [run.after(60) for run in replicate(design, jump, 3)] for name, design in ways.items()}
contrast("p95 after the jump", {name: percentile_interval(runs, 95) for name, runs in later.items()})
display(tables.readable(tables.summary(later, index="after the jump")), run_claim(claims.SCALES_ITSELF))

# %% [markdown]
# Functions answer while the machines of an autoscaler still boot; the rows of the statement show what stops them.
#
# The rows differ in what is full: the limit of the account, or what stands behind the functions.
#
# What scales meets what does not. A function calls a database with 10 connections, for 40 ms each. A wave
# of 300 requests a second comes for five seconds. **Guess:** what share is refused, and does a queue in front help
# those who can wait, when it lets 10 in at once?

# %%
guess = {"alone": None, "with a queue": None}       # percent refused
remember("refused in the wave, in %", guess)

# %%
store = Serverless(calls=Store(connections=10, seconds=0.040))
wave = Workload(90, 20, Work(0.005, 0.010, 0.005), arrivals=Diurnal((20, 300, 20, 20), day=20))
waves = {"alone": replicate(store, wave, 3), "with a queue": replicate(Queued(store, most=10), wave, 3)}
refused = {name: measure(runs, lambda run: 100 * run.share("dropped")) for name, runs in waves.items()}
contrast("refused in the wave, in %", refused)
for name, runs in waves.items():
    print(f"{name}: p95 in s {percentile_interval(runs, 95)}; unfinished {runs[0].share('unfinished'):.1%}")

# %% [markdown]
# The queue refuses nobody, and all wait for it. *This is a good place to stop for today.*
#
# ## Cost
#
# **Guess:** a function with 1.769 GB works 83 ms for each image, and a second of it costs a little more than a second
# of the server. From how many requests a second on is one server cheaper, and how busy is it then? (In the table of
# prices, *lambda* is the name of a product.)

# %%
guess = {"requests a second": None, "busy, in %": None}
remember("where a server is cheaper", guess)

# %%
prices, month, image = Prices.read(), 730 * 3600, Work(*work("image_classifier"))
a_call = 1.769 * sum(image) * prices.usd("lambda_duration_x86") + prices.usd("lambda_request") / 1e6
even = prices.server_second / a_call
contrast("where a server is cheaper", {"requests a second": even, "busy, in %": 100 * even * sum(image)})

# %% [markdown]
# The boundary is a share of the server's time, not a number of requests. Here one worker has the server to itself; two
# on its two processors would halve the share. Bills of the same requests, below and near the boundary, and the
# statement, tested with two workers a server:

# %%
bills = {}
for rate in (0.1, 1, 10):
    for name, design in {"Serverless": Serverless(), "Monolith": Monolith(1)}.items():
        run = simulate(design, Workload(rate, 3000 / rate, image))
        bill = design.bill(run, prices)
        bills[f"{name}, {rate} a second"] = {item: usd * month / run.end for item, usd in bill.items()}
picture = plots.bill_bars(bills, prices, title="Functions follow the traffic, a server does not", unit="USD a month")
display(picture, run_claim(claims.PAY_AS_YOU_GO))

# %% [markdown]
# Two rows flip the bill: a function that waits is paid for it, and steps that each cost a fee add up.
#
# ### A chatbot that waits
#
# Each turn takes 70 ms of work, and seconds of waiting for a language model. It writes in **tokens**, pieces of words:
# some time passes until the first, then a fixed time for each. Its own price is the same for all and left out. A
# function is paid while it waits. **Guess:** how many times as much does one of 1.769 GB cost as one box whose two
# workers go on with other turns meanwhile?

# %%
guess = None        # times as much
remember("a chatbot in functions", guess)
chats = paying.chatbot()
usd = dict(zip(chats["design"], chats["usd a month"]))
contrast("a chatbot in functions", usd["functions of 1.769 GB"] / usd["one asynchronous box"])
chats.round(1)

# %% [markdown]
# Nobody works while the model writes, and the function is paid all the same. How much depends on its memory, as the
# table shows, and on how many people talk: a box costs the same for few and for many.
#
# ### Long tasks, and what you do not control
#
# **Guess:** a job of 40 minutes under a limit of 15 is tried three times from its start. How does it end, and how many
# minutes are paid? The statements after it are about long tasks, about control, and about people, of whom a simulation
# has none: it counts steps.

# %%
remember("a job of 40 minutes", {"how it ends": None, "minutes paid": None})      # write yours instead of None
job = long_tasks.one_job()
contrast("a job of 40 minutes", {"how it ends": job.outcome[0], "minutes paid": job["seconds of work"][0] / 60})
display(job, *map(run_claim, (claims.LONG, claims.CONTROL, claims.SIMPLER)))

# %% [markdown]
# In the first table, compare what is done with what is paid. In the others, see which row fails: it names the work, the
# platform or the number of functions for which the statement is wrong.
#
# One thing that you do not control is **batching**: a function gets one request at a time. On a GPU of your own, up to
# 16 could share a call of 20 ms, and 2 ms for each. **Guess** the p99 at 30 requests a second: one at a time, batches
# of those that wait anyway, and batches that wait up to 50 ms for more.

# %%
guess = {"one at a time": None, "those that wait": None, "wait for more": None}     # p99, in seconds
remember("p99 with batches", guess)
calls = Workload(30, 200, Work(0, 0.002, 0), distribution=Deterministic())
ways = {"one at a time": Batched(most=1, fixed=0.020), "those that wait": Batched(most=16, fixed=0.020),
        "wait for more": Batched(most=16, fixed=0.020, wait=0.050)}
contrast("p99 with batches", {name: percentile_interval(replicate(way, calls, 5), 99) for name, way in ways.items()})

# %% [markdown]
# Batches of those that wait anyway are the fastest, for they share. Waiting for more costs time, and here still less
# than not sharing at all.
#
# ## Explore
#
# 1. At which rate do functions and one server cost the same? Move memory and work, and watch the boundary.
# 2. Challenge: get more than 60 cold starts at 5 requests a second, by moving anything else.

# %%
panels = live.LiveFigure()

def draw(arrival_rate, burstiness, memory, work):
    traffic = Workload(arrival_rate, 3000 / arrival_rate, Work(0, work / 1000, 0), arrivals=Bursty(burstiness, 10, 100))
    run = simulate(Serverless(memory_gb=memory), traffic)
    png, alt, caption = panels.draw(run, bill := run.design.bill(run, prices))
    even = prices.server_second * len(run.outcomes) / sum(bill.values())
    starts = len(run.jobs["cold starts"].request)
    boundary = f"A server costs as much at {even:.1f} requests/s, {even * work / 1000:.0%} busy."
    return png, alt, f"{caption} Cold starts: {starts}. {boundary}"

explore.explore(draw, arrival_rate=explore.Slider("arrival rate", "requests/s", 0.5, 20, 0.5, 5),
                burstiness=explore.Slider("burstiness", "peak over mean", 1, 10, 0.5, 1),
                memory=explore.Slider("memory", "GB", 0.5, 4, 0.25, 1.75),
                work=explore.Slider("work", "ms a request", 20, 500, 20, 80))

# %% [markdown]
# The boundary as a table, by formula: work of 80 ms, and the memory in GB.

# %%
def at_memory(gb):
    usd = 0.080 * max(gb, 1.769) * prices.usd("lambda_duration_x86") + prices.usd("lambda_request") / 1e6
    return {"work (s)": 0.08 * max(1, 1.769 / gb), "USD a million": 1e6 * usd, "even (1/s)": prices.server_second / usd}

pd.DataFrame({gb: at_memory(gb) for gb in (0.5, 1, 1.769, 3, 4)}).T.rename_axis("memory (GB)").round(3)

# %% [markdown]
# ### Three places for functions
#
# The use cases of *The idea* as briefs, tried on functions and on one application, five times. Who keeps the promise,
# and who is cheaper?

# %%
hosted = LanguageModel(LogNormalLaw(2.0), per_token=0, tokens=LogNormalLaw(1))
tried = {scenarios.U13: {"Serverless": Serverless(calls=hosted), "one box that waits": Asynchronous(hosted)},
         scenarios.U14: {"Serverless": Queued(Retries(Serverless(), 8, Exponential(1.0)), most=1000),
                         "Monolith": Monolith(14)},
         scenarios.U15: {"Serverless": Serverless(), "Monolith": Monolith(1)}}
rows = [scenarios.evaluate(brief, design, units=2 if name == "Serverless" else 1, traces=5).assign(design=name)
        for brief, designs in tried.items() for name, design in designs.items()]
pd.concat(rows).set_index(["scenario", "design"])

# %% [markdown]
# ## Exercises
#
# Four exercises with 18 points; the first, 5P, stands under *Latency*. Checks tell at once what they see. Your grade
# comes from cases that you have not seen.
#
# ### Exercise 5C: cost and break-even (4 points, 12 minutes)
#
# Write two functions. Their docstrings give the units.
#
# `monthly_cost(...)`: what `calls` calls cost in a month. A call works and then waits for others, and **both are
# billed**, together for at least `least_billed` seconds (0 when there is no such rule). GB-seconds are seconds times
# memory. In each month, `free` GB-seconds cost nothing. A million calls have a fee, `usd_per_million`.
#
# `break_even_utilisation(...)`: calls come during `open_hours` hours a month. In these hours a machine could do
# `capacity` calls a second. It is paid for **all 730 hours**. Which share of its capacity must be used, while it is
# open, for both to cost the same? Nothing is free here, and the share may be above 1.
#
# Money is right to a cent, the share to a millionth.
#
# <details><summary>Hint 1: the idea</summary>
# Say in one sentence what you pay for when a function sleeps, and what you pay for when a machine does. One bill grows
# with every call. The other is the same every month. Somewhere the two lines cross.</details>
#
# <details><summary>Hint 2: where to look</summary>
# Begin with a single call: how long is it billed, how many GB-seconds is that, what is its fee? Then the month: sum up
# first, take off what is free, and never go below zero. For the share, find how many calls cost as much as the machine
# does in its month. Compare them with all that it could do while open.</details>
#
# <details><summary>Hint 3: one line, on other numbers</summary>
# A taxi costs 2 a ride, a car 600 a month. They cost the same at 300 rides. The car could do 5 an hour in 100 hours, so
# the share is 300 / 500 = 0.6.</details>

# %% answer="5C-answer"
def monthly_cost(calls, seconds, waiting, memory_gb, least_billed, free, usd_per_million, usd_per_gb_second):
    """US dollars a month; seconds of work and of waiting in each call, GB, seconds, free GB-seconds a month."""
    ### BEGIN SOLUTION
    used = calls * max(seconds + waiting, least_billed) * memory_gb
    return max(used - free, 0) * usd_per_gb_second + calls / 1e6 * usd_per_million
    ### END SOLUTION

def break_even_utilisation(seconds, waiting, memory_gb, least_billed, usd_per_million, usd_per_gb_second,
                           usd_per_hour, open_hours, capacity):
    """Share of a machine at usd_per_hour, in open_hours a month, that can do `capacity` calls a second."""
    ### BEGIN SOLUTION
    call = monthly_cost(1, seconds, waiting, memory_gb, least_billed, 0, usd_per_million, usd_per_gb_second)
    return 730 * usd_per_hour / (call * capacity * 3600 * open_hours)
    ### END SOLUTION

# %%
(monthly_cost(2_000_000, 0.3, 0, 1.5, 0, 0, 0.2, 0.00002),
 break_even_utilisation(0.2, 0, 1, 0, 0.2, 0.00002, 0.1, 365, 20))

# %% check="5C" points=4
check("5C", (monthly_cost, break_even_utilisation))

# %% [markdown]
# ### Exercise 5M: keep instances warm (5 points, 14 minutes)
#
# First put the life of one call in order: *arrive, reuse or start, serve, return, stop*. These lines are shuffled, and
# one of them does not belong:
#
# ```
#     idle.append(env.now)
#     yield env.timeout(service_times[number])
#     idle.append(arrival_times[number])
#     yield env.timeout(arrival_times[number])
#     answer[number] = env.now - arrival_times[number]
# ```
#
# Then fill the three gaps below: *turn away, reuse or start, return*. At most `limit` calls start or serve at once; one
# more is throttled, and its answer stays None. A call takes an instance that was idle for at most `keep_alive` seconds,
# the newest or the oldest as you like. If there is none, it starts another in `cold_start` seconds. Return the response
# times in order of arrival, and how many instances were created.
#
# <details><summary>Hint 1: the idea</summary>
# Say in one sentence what you must know about an idle instance. Only one thing: since when it is idle. So a list of
# times is enough, and an instance that is too old is merely not chosen.</details>
#
# <details><summary>Hint 2: where to look</summary>
# In the source of `Serverless`, `handle` does the same: see what it asks first, what it does with `idle` before and
# after the work, and when it waits for a cold start. A generator ends early with a bare `return`. At the end, undo what
# you did to `busy`, and give the instance back to `idle`.</details>
#
# <details><summary>Hint 3: one line, on other numbers</summary>
# With a keep-alive of 60 s, at 100 s, and `idle` being 30, 45 and 90, `[t for t in idle if 100 - t <= 60]` is 45 and
# 90; `idle.remove(90)` takes the last.</details>

# %% answer="5M-answer"
def warm_pool(arrival_times, service_times, cold_start, keep_alive, limit):
    """Response time (s) of each call, None if throttled, and the number of instances created."""
    env, answer = simpy.Environment(), [None] * len(arrival_times)
    idle, busy, created = [], set(), []     # since when each is idle; calls that start or serve; calls that started one
    def life(number):
        yield env.timeout(arrival_times[number])            # arrive
        ### BEGIN SOLUTION
        if len(busy) == limit:                              # turn away
            return
        busy.add(number)
        ### END SOLUTION
        ### BEGIN SOLUTION
        warm = [since for since in idle if env.now - since <= keep_alive]
        if warm:                                            # reuse or start
            idle.remove(warm[-1])
        else:
            created.append(number)
            yield env.timeout(cold_start)
        ### END SOLUTION
        yield env.timeout(service_times[number])            # serve
        ### BEGIN SOLUTION
        busy.remove(number)                                 # return
        idle.append(env.now)
        ### END SOLUTION
        answer[number] = env.now - arrival_times[number]
    for number in range(len(arrival_times)):
        env.process(life(number))
    env.run()                                               # stop
    return answer, len(created)

# %%
warm_pool(arrival_times=[0, 1, 2, 6, 30], service_times=[1, 1, 1, 1, 1], cold_start=2, keep_alive=10, limit=2)

# %% check="5M" points=5
check("5M", warm_pool)

# %% [markdown]
# ### Exercise 5D: spiky traffic on a budget (5 points, 18 minutes)
#
# A function gets 2 calls a second; four times an hour, nobody knows when, 72 a second for 20 seconds. A call needs
# 0.1 s of work at 1.769 GB, then 0.3 s over one of 50 connections; a cold start takes 2 s. Promise a p99 of **1.5 s**
# to callers who wait on the line; a call without an answer counts as 30 s.
#
# Choose `design = (memory_gb, provisioned, limit, when_full)`: 0.5, 1, 1.769 or 3 GB; instances always ready, and
# others at most, both in fives, and both together at most 50; and beyond those `"refuse"`, `"retry"` (49 times,
# every 0.01 s), `"budget"` (three retries, pauses from 0.1 s, doubling) or `"queue"` (the answer is fetched every 2 s).
# Retries: **at most one for twenty calls**. Pay as little as you can.
#
# Half of the grade is for the mean p99 of ten other hours, a fifth for the share of them that keep the promise. Once it
# is kept on average, the rest is for cost, unless there are more retries or instances than allowed.
#
# <details><summary>Hint 1: the idea</summary>
# Say in one sentence who is slow: one call in a hundred may be. A cold start alone breaks the promise, so count cold
# starts and calls without an answer. Ready instances prevent both; each is paid all hour.</details>
#
# <details><summary>Hint 2: where to look</summary>
# Start from the offered load of a rush, rate × time held, for two sizes: less memory is slower, and each second is
# cheaper. Change one choice at a time in the report, and watch p99 and cost. Read what the check says about retries.
# Last, repeat the hour with other seeds.</details>
#
# <details><summary>Hint 3: one line, on other numbers</summary>
# 40 calls a second that need 0.2 s of work at full speed and 0.5 s of waiting keep 40 × 0.7 = 28 instances busy. With
# half of the memory it is 40 × (0.4 + 0.5) = 36.</details>

# %%
rates = (2,) * 44 + (72,) * 2 + (2,) * 44           # calls a second in a quarter of an hour, each for ten seconds
spiky_hour = Workload(np.mean(rates), 3600, Work(0, 0.1, 0), seed=31, arrivals=Diurnal(rates, day=900),
                      distribution=LogNormal(0.5))

def platform(memory_gb, provisioned, limit, when_full):
    function = Serverless(memory_gb, calls=Store(50, seconds=0.3), cold_start=LogNormalLaw(2), concurrency_limit=limit)
    ready = Provisioned(function, provisioned) if provisioned else function
    return {"refuse": ready, "retry": Retries(ready, 50, Exponential(0.01, 0.01)),
            "budget": Retries(ready, 4, Exponential(0.1, 0.4), budget=0.05),
            "queue": Queued(ready, provisioned + limit)}[when_full]

# %%
def report(design, seed=31):
    run = simulate(platform(*design), replace(spiky_hour, seed=seed))
    seconds = np.where(run.outcomes == 0, run.departure_times - run.arrival_times, 30)
    seconds = 2 * np.ceil(seconds / 2) if design[3] == "queue" else seconds
    bill = run.design.bill(run, prices)
    usd = sum(bill[item] for item in bill if item not in ("store", "queue"))
    print(f"p99 {np.percentile(seconds, 99):.2f} s,", f"{len(run.jobs['cold starts'].arrived)} cold starts,",
          f"{np.mean(run.outcomes > 0):.1%} unanswered,", f"{usd:.3f} USD an hour")

report((1.769, 20, 30, "refuse"))

# %% answer="5D-answer"
# Write: design = (memory_gb, provisioned, limit, when_full)
design = None
### BEGIN SOLUTION
design = (1, 35, 15, "budget")
### END SOLUTION

# %% check="5D" points=5
check("5D", design)

# %% [markdown]
# ### Exercise 5E: the 40-minute job (4 points, 15 minutes)
#
# A job has some 40 units of 40 to 80 s. The platform stops a call after 15 minutes, and may **kill** it at any moment;
# then it starts again, with the same message. Write `call(job, message)`; the first message is `None`. It can use:
#
# ```
# job.units, job.longest  how many units; seconds of the slowest
# job.work(unit)          the result of a unit, numbered from 0
# job.save(name, value)   stored whole or not at all, for later calls
# job.saved(name)         what was saved last, or None
# job.left()              seconds until the platform stops this call
# job.send(message)       one more call, with this message
# ```
#
# In the end `job.saved("results")` is a list of all results, **each once**, and no call is left to make. No call
# reaches the cap, even with slow units. A kill costs at most five minutes of finished work. Calls run one after the
# other, never side by side.
#
# <details><summary>Hint 1: the idea</summary>
# Say in one sentence what a call knows when it starts after a kill. Only the store survives. So a call first asks the
# store how far the job is, and says in the store whenever it has come further.</details>
#
# <details><summary>Hint 2: where to look</summary>
# Think of a kill between any two of your lines. What does the next call find, and what does it do? Two values that must
# agree belong into one save. Before each unit, compare the time left with the slowest unit. At the end of a call, ask
# for another one only if work is left.</details>
#
# <details><summary>Hint 3: one line, on other numbers</summary>
# A copier of 500 pages that keeps `pages = job.saved("copied") or []` needs no page number: `len(pages)` is the next
# one, so the two always agree.</details>

# %% answer="5E-answer"
def call(job, message):
    """One call of a long job: goes on where the store says, and asks for another call while work is left."""
    ### BEGIN SOLUTION
    results = job.saved("results") or []
    while len(results) < job.units and job.left() > 1.5 * job.longest:
        results.append(job.work(len(results)))
        job.save("results", results)
    if len(results) < job.units:
        job.send("go on")
    ### END SOLUTION

# %%
print(given("5E")(call, kills=(500, 1900)))     # a rehearsal; the kills strike after so many seconds

# %% check="5E" points=2
check("5E", call)

# %% [markdown]
# Should this job be serverless at all? In at most 120 words: your decision, what the split costs in code and risk, one
# alternative such as a batch container, and a number that would change your mind. Your instructor gives two points.

# %% manual="5E-note" points=2
# Write: note = """at most 120 words"""
note = None
### BEGIN SOLUTION
note = """No, I would run it in a batch container. The job needs 40 minutes and the cap is 15, so it takes three calls
and a checkpoint after each unit. That is code to write and to test under kills, and it is there only because of the
cap. A container with 2 GB runs for 40 minutes without it; after a crash it could use the same checkpoint. Both are
paid by the second, so money hardly differs: 40 minutes at 1.8 GB are 4,320 GB-seconds, about 0.07 USD. I would change
my mind if the units could run side by side. Then 40 calls of a minute finish in two minutes, and none comes near the
cap."""
### END SOLUTION

# %% [markdown]
# ## In this notebook
#
# - An instance starts when no idle one is left: rare traffic is cold, and so are bursts.
# - Functions cost by the second, so they are cheap when idle, and expensive when busy, large, or waiting.
# - They scale at once, up to a limit, and hand the load on to whatever they call.
# - Work that outlasts the limit must be cut into pieces that can be repeated.
#
# Two questions to take along: which of your predictions was furthest off, and why? And which of your own systems is
# idle enough for functions? Below are all your guesses of this lesson beside what you saw, and last the six statements
# as the experiments decided them, and all five patterns of the course on the same requests:

# %%
looking_back()
display(ledger(claims.CLAIMS), overview(five.stored(), prices.date))
