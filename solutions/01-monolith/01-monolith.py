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
from dataclasses import replace

import simpy

from course import data, explore, live, plots, tables, theory
from course.checks import check, predict, reveal
from course.claims import monolith as claims
from course.patterns.monolith import Monolith
from course.prices import Prices
from course.run import compare, measure
from course.show import show
from course.simulation import replicate, simulate
from course.workload import Bursty, Deterministic, Exponential, Hyperexponential, Injected, Work, Workload

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

# %% [markdown]
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
# In words: the client talks to a single application. Inside it, data ingestion hands over to data processing, and that to
# model inference; results and predictions come out at the other end. Nothing on the way crosses a network.
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
# Three rules are common. *Work in, work out*: rate × work, rounded up. *Double it*, to be safe. *Square root*: rate × work
# plus some multiple of its square root. Try them.

# %%
image = Work(*data.work("image_classifier"))
offered_load = 120 * sum(image)
rules = {"work in, work out": offered_load, "double": 2 * offered_load, "square root": theory.staffing(offered_load, 1.5)}

# %%
for rule, workers in rules.items():
    queue = theory.mmc(120, 1 / sum(image), -int(-workers // 1))
    print(f"{rule:18} {-int(-workers // 1):3} workers, busy {queue.utilisation:4.0%}, mean wait {queue.waiting_time:.4f} s")

# %% [markdown]
# The first rule runs at the edge and pays with waiting; the second pays for machines that idle. The third adds spare
# capacity only as fast as luck makes the load swing, and the swing grows with the square root. Remember it for the last
# exercise.
#
# Now the model. Before you unfold it in your mind: **which lines would you expect** in a program that describes a
# monolith? This is the whole file that runs below.

# %%
show(Monolith)

# %% [markdown]
# Three lines tell the life of a request: one worker does every step, one after the other. What the model leaves out:
# the time to start a worker; memory, which all steps of one process share; a database behind it; caches that are warm
# or cold. And one fact that would turn the conclusions round: a lock that all workers need. *Load* comes back to it.
#
# ## One run
#
# First by hand. Ten requests arrive a tenth of a second apart, and each needs 0.3 s. There are two workers.
#
# **Guess:** when does the tenth request leave, and which requests wait?

# %%
guess = None        # seconds; write yours before you run on
ten = Injected(arrival_times=[number / 10 for number in range(10)], work=[Work(0.05, 0.2, 0.05)] * 10)
by_hand = simulate(Monolith(workers=2), ten)
print("your guess:", guess, "- the tenth leaves at", round(float(by_hand.departure_times[9]), 3), "s")

# %%
plots.waterfall(by_hand, request_ids=range(10))

# %% [markdown]
# The first two start at once. From the third on everyone waits, and each pair waits 0.1 s longer than the pair before:
# two workers finish 6.7 requests a second while 10 arrive. A queue is the difference, added up.
#
# Now thousands. One minute at the office is 25 requests a second, on four workers.

# %%
office = Workload(arrival_rate=25, duration=400, mean_work=image, seed=1)
run = simulate(Monolith(workers=4), office)
run.requests.head(3)

# %% [markdown]
# And the record of one of them, from the pool's own books. A record of one job in one pool is called a **span**.

# %%
run.spans.head(3)

# %%
plots.levels_over_time(run.after(380), "workers")

# %% [markdown]
# ## Latency
#
# **Guess:** the mean work is 0.083 s and the workers are busy half of the time. Which response time do nineteen of
# twenty users stay below?

# %%
plots.response_histogram(run)

# %% [markdown]
# How long requests wait depends on more than how busy the workers are. Below, the mean work and the rate are the same,
# and only the variety of the work changes. **Guess** the order of the four before you run.

# %%
kinds = {"always the same": Deterministic(), "exponential": Exponential(), "a few giants": Hyperexponential(cv=4)}
variety = {name: replicate(Monolith(1), Workload(9, 2000, image, distribution=kind)) for name, kind in kinds.items()}
tables.summary(variety)

# %% [markdown]
# Same average traffic, same utilisation, and yet another world. The giants make everyone behind them wait. This has a
# consequence for an application that does everything: it has one queue for everything.
