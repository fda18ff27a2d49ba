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
# # Microservices
#
# **What do you gain when you split one application into services, and what do you pay for it?**
#
# At the end of this lesson you can
#
# 1. follow a request through services, and say where its time goes;
# 2. keep the trouble of one service away from the others, and show that it works;
# 3. size services under a budget, and tell where six common statements about microservices fail.
#
# It takes about 90 minutes, with a good place to stop after *Load*. The exercises give 20 points.

# %%
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from course import data, explore, five, live, plots, scenarios, tables, theory
from course.checks import check, contrast, looking_back, predict, remember, reveal
from course.claims import hardware, ledger, microservices as claims, run as run_claim
from course.faults import Hang
from course.overview import overview
from course.patterns.microservices import Gateway, Microservices, Service
from course.patterns.monolith import Monolith
from course.policies import (
    Autoscaled,
    Bulkhead,
    Cached,
    CircuitBreaker,
    Failing,
    FanOut,
    FrontEnd,
    FullJitter,
    Hedged,
    RateLimited,
    Retries,
    Routed,
    Shedding,
    Timeout,
    TwoPoint,
)
from course.prices import Prices
from course.run import compare, interval, measure, percentile_interval
from course.show import show
from course.simulation import Deployment, Pool, outcome_of, replicate, simulate
from course.workload import Deterministic, Diurnal, Hyperexponential, Injected, LogNormal, Mixed, Work, Workload

# %% [markdown]
# **Warm up** with three questions about the lessons before. Answer aloud, then unfold.
#
# <details><summary>Four workers, one queue, 80 % busy. You add a fifth. What happens to the waiting?</summary>
# Most of it goes. The work itself stays as long as it was.</details>
#
# <details><summary>One of five features crashes. What share of the requests fails in one process?</summary>
# All of them until the restart: the process takes everything along.</details>
#
# <details><summary>When are whole copies of an application a waste?</summary>
# When its steps need hardware in another proportion than the box has it.</details>
#
# ## The idea
#
# Split the AI system into small services that talk over APIs. Each is developed, tested, released and scaled on its
# own, and each can have the hardware that suits it. Clients know one address, the **gateway**.
#
# ```mermaid
# flowchart LR
#   client[Client] --> gateway[API gateway]
#   gateway --> ingestion[Data ingestion]
#   gateway --> training[Model training]
#   gateway --> inference[Model inference]
#   gateway --> results[Results]
# ```
#
# In words: the client talks to an API gateway. Behind it stand four services, for data ingestion, model training,
# model inference and results. Every arrow crosses a network; one way over it is a **hop**. An API is what a service
# accepts and answers.
#
# Teams choose it for large AI applications, for models that are updated and deployed all the time, and for several
# models that need different services. Six statements are often made:
#
# | In favour | Against |
# |---|---|
# | scales well, and flexibly | more complex to deploy and manage |
# | parts are developed and updated independently | needs robust management of its APIs |
# | isolates faults better | can increase latency |
#
# ## The model
#
# **Invent a rule first.** Seven servers, 60 requests a second, and three steps with a queue each. How many servers do
# you give to each step? Take five minutes, and write a rule that works for any work.
#
# Common rules: *the same for each*; *in proportion* to the work; *one each, and the rest* one by one to the step that
# is busiest.

# %%
image = Work(*data.work("image_classifier"))
rules = {"the same for each": (3, 2, 2), "in proportion": (4, 3, 0), "busiest first": (3, 3, 1)}
for rule, servers in rules.items():
    waits = [theory.mmc(60, 1 / work, count).waiting_time if count else math.inf for work, count in zip(image, servers)]
    print(f"{rule:18} {servers}  waits of", *(f"{wait:.4f}" for wait in waits), "s")

# %% [markdown]
# The first rule overloads one step while another idles. The second leaves a step with nobody, because a step with
# little work still needs a server. The third is a way to begin exercise 2D.
#
# Now the model. A request visits the gateway and three services, one for each step of its work: ingestion prepares,
# inference infers, results respond. That takes five hops. Training is no part of a request. **Which lines do you
# expect?** Each part is a small design of its own, so whatever wraps a design can wrap a service too. Such a wrapper
# is called a **policy**. The second file is the whole rule of one, a timeout; all others have its form.

# %%
display(show(Microservices), show(Timeout))

# %% [markdown]
# What the model leaves out: setting up connections; what a payload weighs; a network whose times vary; the databases
# that services keep. And one fact that would turn the conclusions round: a database that all services share, since it
# would couple them again.
#
# ## One run
#
# Three images arrive 10 ms apart. **Guess:** the work of each takes 83 ms. When has the first its answer, and which
# service makes the third one wait? Each guess is stored before the run, set beside what you saw, and shown again at the
# end. The first one counts, so write it before you run the cell.

# %%
guess = {"first answer, in s": None, "the third waits for": None}       # write yours, then run
remember("three images", guess)
journey = simulate(Microservices(), Injected(arrival_times=(0, 0.010, 0.020), work=[image] * 3))
slowest = max(Work._fields, key=lambda service: journey.waiting_times(service)[2])
contrast("three images", {"first answer, in s": journey.response_times[0], "the third waits for": slowest})
plots.waterfall(journey, request_ids=range(3))

# %% [markdown]
# Read a row from left to right: one span for each service, hatched while it waits, and thin gaps for the hops. Only
# the first service makes anyone wait. Behind it the requests come one at a time: a slower service protects those after
# it.
#
# ## Latency
#
# ### Exercise 2P: split or share? (2 points, 6 minutes)
#
# Ten servers get requests of two kinds. Either both kinds **share** all ten, or you **split** them: five servers for
# each. What does the split do to the **mean** and the **p99** of kind A: up, down, or the same (within 2 %)? Guess for
# two mixes, in which each request takes exactly its time:
#
# - *equal*: 190 requests a second of A and of B, 0.020 s each;
# - *unequal*: A as before; of B only 10 a second, 0.300 s each.
#
# As in 1P, the first point is for a full prediction before the run, right or wrong, with how sure you are (1 to 4) and
# a reason for each mix.

# %% answer="2P-prediction"
# Write two lines of the form: equal = ("up", "same", 1, "why you think so, in five words or more")
equal = unequal = None      # each: where the mean goes, where the p99 goes, how sure, why
### BEGIN SOLUTION
equal = ("up", "up", 3, "one half may have a queue while the other idles")
unequal = ("down", "down", 2, "no short job waits behind a long one")
### END SOLUTION
predict("2P", {"equal": equal, "unequal": unequal})

# %%
def part_of(kind, arrival_rate, work):
    return Workload(arrival_rate, 40, Work(0, work, 0), distribution=Deterministic(), kind=kind)

jobs = {"equal": Mixed((part_of("A", 190, 0.020), part_of("B", 190, 0.020))),
        "unequal": Mixed((part_of("A", 190, 0.020), part_of("B", 10, 0.300)))}

def run_at(mix):
    split = Routed((("A", Service("infer", 5)), ("B", Service("infer", 5))))
    return [replicate(design, jobs[mix]) for design in (Service("infer", 10), split)]

reveal("2P", run_at)

# %% [markdown]
# Which guess was furthest off? In one or two sentences, quote a number you **saw** and say what explains it: the second
# point.

# %% answer="2P-reconcile"
# Write: reconcile = "one or two sentences"
reconcile = None
### BEGIN SOLUTION
reconcile = ("I thought that unequal jobs gain all round. The p99 fell to 54.6 ms, but the mean rose by 7.0 %: most "
             "requests lose the idle servers of the other half, and only the unlucky ones were stuck behind B.")
### END SOLUTION

# %% check="2P" points=2
check("2P", reconcile)
# %% [markdown]
# <details><summary>Compare, once you have written yours</summary>
# With equal jobs, both get worse: a split loses servers that could have helped. In the unequal mix the mean of kind A
# gets <em>worse</em> while its p99 gets <em>better</em>: the split also keeps giants out of the way.</details>
#
# Now the statement that microservices increase latency, with the conditions under which it fails:

# %%
run_claim(claims.SLOWER)

# %% [markdown]
# Compare the first row with the last ones: hops add to every request, and servers for each kind save the light ones
# from the heavy.
#
# ### Three beliefs about tails
#
# **Guess** first: (a) A page asks 100 services at once, each slow once in a hundred times. What share of the pages is
# slow? (b) Two services with exponential work are called one after the other, each with a p99 of 0.23 s. What is the
# p99 of both? (c) One server that is four times as fast, or four servers: which has the shorter mean, with usual work
# (cv 1) and with a few giants (cv 5)?

# %%
guess = {"(a) slow pages": None, "(b) p99 of both, in s": None, "(c) cv 1": None, "(c) cv 5": None}
remember("tails", guess)
for calls in (1, 10, 100):
    pages = replicate(FanOut(calls, TwoPoint(fast=0.010, slow=1.0, share=0.01)), Workload(50, 15, image))
    print(f"(a) {calls} calls: slow", slow := measure(pages, lambda run: float(np.mean(run.response_times > 0.5))))
for name, work in {"one": Work(0, 0.050, 0), "two, independent": Work(0.050, 0.050, 0)}.items():
    p99 = percentile_interval(replicate(Monolith(1000), Workload(50, 50, work)), 99)
    print(f"(b) {name}: p99 in s", p99)
longer = {}
for cv in (1, 5):
    one, four = ([run.mean_response for run in replicate(Monolith(servers), Workload(
        40, 100, Work(0, servers * 0.020, 0), distribution=Hyperexponential(cv)))] for servers in (1, 4))
    longer[f"(c) cv {cv}"] = f"four take {interval(np.subtract(four, one).tolist())} s longer"
contrast("tails", {"(a) slow pages": slow, "(b) p99 of both, in s": p99, **longer})

# %% [markdown]
# What is rare for a service is usual for a page that asks a hundred of them. Percentiles do not add, because being
# unlucky twice is rarer than once. And a giant blocks the one big server wholly, but only one of four small ones.
#
# ## Load
#
# The same requests for a monolith and for services, with the same number of servers in both, as the traffic grows.
# **Guess:** which has the lower p95, and does the distance grow?

# %%
guess = None        # in words: which is lower, and whether the distance grows
remember("p95 as traffic grows", guess)
def sized(rate):
    replicas = [math.ceil(rate * work + math.sqrt(rate * work)) for work in image]
    return Microservices(*map(Service, Work._fields, replicas))

runs, longer, names = {}, [], ("Microservices", "Monolith")
for rate in (10, 40, 120):
    designs = sized(rate), Monolith(sum(part.replicas for part in sized(rate).parts))
    split, whole = runs[rate] = [replicate(design, Workload(rate, 1500 / rate, image)) for design in designs]
    longer.append(compare(whole, split, lambda run: run.percentile(95)))
    print(f"{rate} a second: the split's p95 is longer by {longer[-1]} s")
contrast("p95 as traffic grows", "split longer by " + ", ".join(f"{1000 * more.mean:.0f}" for more in longer) + " ms")
plots.lines(tuple(runs), {name: [percentile_interval(both[place], 95).mean for both in runs.values()]
                          for place, name in enumerate(names)}, x_label="arrival rate (requests/s)",
            title="With as many servers, the split has the longer tail", y_label="p95 response time (s)")

# %% [markdown]
# With the same servers, one pool is faster at every rate: any worker can do any step. The distance does not keep
# growing: it is widest at 40 a second and narrower behind it, for larger pools need less to spare. For requests of one
# kind, splitting does not pay by speed. Does it pay when the steps need *different* servers? **Guess** the savings for
# work of 100 ms on a CPU and 5 ms on a GPU.

# %%
guess = None        # percent of the money
remember("savings by hardware, in %", guess)
display(unlike := run_claim(claims.GROWS))
contrast("savings by hardware, in %", 100 * unlike.effect.mean / unlike.arms[0].comparison.mean)

# %% [markdown]
# The rows that fail have little traffic, work that fits the box, or a store that all need: then a split saves nothing.
#
# ### A storm
#
# A service with five replicas is 72 % busy when it hangs for five seconds: it takes calls and answers none. Callers
# give up after half a second and may call again, which is a **retry**. With **backoff** they pause before that, at
# random and longer each time. A **budget** lets one retry pass for ten calls. **Guess:** what share of the requests is
# answered, from 40 s *after* the stall on, without retries; with three; with backoff; with a budget too? (Three runs
# each, for they take long.)

# %%
guess = {"no retries": None, "3 retries": None, "3 and backoff": None, "3, backoff, budget": None}      # shares, 0 to 1
remember("answered after the stall", guess)

# %%
call, backoff = Timeout(Service("infer", 5), seconds=0.5), FullJitter(base=0.5, cap=8)
callers = {"no retries": call, "3 retries": Retries(call, attempts=4),
           "3 and backoff": Retries(call, attempts=4, backoff=backoff),
           "3, backoff, budget": Retries(call, attempts=4, backoff=backoff, budget=0.1)}
crowd, stall = Workload(45, 80, Work(0, 0.080, 0)), (Hang("infer", start=10, duration=5),)
storm = {name: replicate(design, crowd, 3, stall) for name, design in callers.items()}

def answered(run, start, end):
    arrived = (run.arrival_times >= start) & (run.arrival_times < end)
    return float(np.mean(run.outcomes[arrived] == 0))

late = {name: measure(runs, lambda run: answered(run, 55, 75)) for name, runs in storm.items()}
contrast("answered after the stall", late)
times = np.arange(0, 75, 5)
plots.lines(times, {name: [answered(runs[0], t, t + 5) for t in times] for name, runs in storm.items()},
            title="The stall is over at 15 s; the storm is not", x_label="arrival (s)", y_label="share answered")

# %% [markdown]
# That is a **retry storm**: the service is so busy with calls that nobody waits for any more that it answers none in
# time, and all are retried. Backing off spreads the load and does not lower it. A budget does: most callers give up,
# and the service recovers. So do not rely on backoff alone.
#
# ### A shelf of policies
#
# Each policy is one rule. A *hedge* sends a second call when the first takes long. A *rate limit* lets so many pass in
# a second, a *bulkhead* so many in at once. *Shedding* refuses while the queue is long, a *breaker* for some time after
# many failures. A *cache* gives a recent answer again. An *autoscaler* adds servers, which boot first. Below, each is
# wrapped round the same service in a rush of 25 s. **Guess** which answers most users within a second.

# %%
guess = None        # the name of a policy
remember("best of the shelf", guess)
calls = Service("infer", 2)
shelf = {"no policy": calls, "timeout": Timeout(calls, 1.0), "hedge": Hedged(calls, 0.2), "rate limit": RateLimited(
    calls, rate=45, burst=15), "bulkhead": Bulkhead(calls, 30), "shedding": Shedding(calls, "infer", 30),
    "breaker": CircuitBreaker(Timeout(calls, 1.0), open_for=5), "cache": Cached(calls, keep=10, room=50),
    "autoscaler": Autoscaled(calls, "infer", boot=10)}
rush = Workload(40, 100, Work(0, 0.045, 0), arrivals=Diurnal((60, 60, 140, 60), day=100))
tried = {name: replicate(design, rush, 3) for name, design in shelf.items()}
in_time = {name: measure(runs, lambda run: run.goodput(1.0) * run.end / len(run.outcomes))
           for name, runs in tried.items()}
contrast("best of the shelf", max(in_time, key=lambda name: in_time[name].mean))
pd.DataFrame({name: {"answered in 1 s": str(in_time[name]), "p95 (s)": str(percentile_interval(runs, 95))}
              for name, runs in tried.items()}).T

# %% [markdown]
# In that rush, refusing some early kept the others in time; a second call only added load, and a cache took it away.
#
# ### Faults
#
# Does splitting keep a fault in its place? A service hangs that some requests can do without. **Guess:** how much does
# splitting *alone* help, when callers wait 30 s for it?

# %%
guess = None        # percent of the requests saved
remember("saved by splitting alone, in %", guess)
display(hanging := run_claim(claims.ISOLATED))
contrast("saved by splitting alone, in %", hanging.arms[1].effect)

# %% [markdown]
# Splitting alone saves nothing; a timeout or a bulkhead does. Isolation is designed. And what if every service is
# needed? Each loses one call in two hundred. **Guess:** how many times as often does a chain of four fail as one box?

# %%
guess = None        # times as often
remember("a chain of four fails", guess)
parts = {step: Failing(Service(step), 0.005) for step in Work._fields}
chain, box = Microservices(**parts, gateway=Failing(Gateway(), 0.005)), Failing(Monolith(2), 0.005)
failed = [measure(replicate(design, Workload(10, 250, image)), lambda run: 100 * run.share("lost"))
          for design in (box, chain)]
print(f"one box fails in {failed[0]} %, four services in {failed[1]} %")
contrast("a chain of four fails", f"{failed[1].mean / failed[0].mean:.1f} times as often as one box")

# %% [markdown]
# A chain of services is *less* available than one box: it fails about as many times as often as it has links. Fallbacks
# and second copies win some of it back: exercise 2C. *This is a good place to stop for today.*
#
# ## Cost
#
# **Guess:** the bill for 20 requests a second, as one application or as services?

# %%
guess = {"Monolith": None, "Microservices": None}       # USD a month
remember("the bill of a shop", guess)
prices, month = Prices.read(), 730 * 3600
shop, bills = Workload(20, 300, image), {}
for name, design in {"Monolith": Monolith(3), "Microservices": sized(20)}.items():
    bill = design.bill(simulate(design, shop), prices)
    bills[name] = {item: usd * month / shop.duration for item, usd in bill.items()}
contrast("the bill of a shop", {name: sum(bill.values()) for name, bill in bills.items()})
plots.bill_bars(bills, prices, title="Each service rounds up to whole servers", unit="USD a month")

# %% [markdown]
# Each small service leaves much of a server idle. Under *Load* you saw when a split saves instead: when a step needs
# expensive hardware.
#
# ### What people pay
#
# Three statements are about people, and a simulation has none. It tests a mechanism, and each table says so.

# %%
display(*map(run_claim, (claims.FREE, claims.UNITS, claims.API)))

# %% [markdown]
# Independence is won only as far as changes stay inside one service. With one team and one release a day, an
# application in one piece is ahead.
#
# ## Explore
#
# 1. Which hop time makes the network as slow as the work? How near is a real one?
# 2. Challenge: find replicas for 60 requests a second with a p95 below 0.25 s at the least cost.
#
# Under the sliders stands the same as a table: four replicas of each, 60 requests a second, and the hop time in ms.

# %%
panels = live.LiveFigure()

def draw(arrival_rate, prepare, infer, hop_time):
    design = Microservices(Service("prepare", prepare), Service("infer", infer), hop_time=hop_time / 1000)
    run = simulate(design, Workload(arrival_rate, 2500 / arrival_rate, image))
    return panels.draw(run, run.design.bill(run, prices))

explore.explore(
    draw,
    arrival_rate=explore.Slider("arrival rate", "requests/s", 5, 100, 5, 60),
    prepare=explore.Slider("prepare replicas", "", 1, 8, 1, 4),
    infer=explore.Slider("infer replicas", "", 1, 8, 1, 4),
    hop_time=explore.Slider("hop time", "ms", 0, 40, 0.5, 0.5),
)

# %%
def with_hops(milliseconds):
    design = Microservices(Service("prepare", 4), Service("infer", 4), hop_time=milliseconds / 1000)
    return replicate(design, Workload(60, 15, image))

tables.readable(tables.summary({hop: with_hops(hop) for hop in (0, 0.5, 5, 20)}, index="hop time (ms)"))

# %% [markdown]
# ### Three places for microservices
#
# The use cases of *The idea* as briefs. Each is tried on services and on one application, five times. Who keeps the
# promise, and who is cheaper?

# %%
def services(*replicas):
    return Microservices(*map(Service, Work._fields, replicas))

tried = {scenarios.U4: (hardware.WholeBoxes(28), hardware.services(62, 20, 32)),
         scenarios.U5: (Monolith(16), services(3, 12, 3)), scenarios.U6: (Monolith(12), services(2, 10, 2))}
rows = [scenarios.evaluate(brief, design, units, traces=5).assign(design=name) for brief, designs in tried.items()
        for name, design, units in zip(("Monolith", "Microservices"), designs, (1, 4))]
pd.concat(rows).set_index(["scenario", "design"])

# %% [markdown]
# ## Exercises
#
# Four exercises with 18 points; the first, 2P, stands under *Latency*. Checks tell at once what they see. Your grade
# comes from cases that you have not seen.
#
# ### Exercise 2C: tails and availability in a graph (4 points, 10 minutes)
#
# Write two functions. Both return a share from 0 to 1.
#
# `any_slow(calls, p)`: a page asks `calls` services at once, and each is slow with probability `p`, independently.
# How likely is it that **at least one** is slow?
#
# `available(parts)`: the share of time in which a user gets an answer. Each part is its role and the availability of
# each of its copies:
#
# ```
# [("required", [0.99]), ("required", [0.9, 0.8]), ("optional", [0.7])]
# ```
#
# Every required part must work; **one working copy of it is enough**. An optional part has a fallback, so the answer
# comes without it. Copies fail independently. When nothing is required, the answer is 1.
#
# <details><summary>Hint 1: the idea</summary>
# Say in one sentence when you would call the page fast. "At least one" is hard to count and its opposite is easy:
# *none*. Chances of independent things that must all happen are multiplied.</details>
#
# <details><summary>Hint 2: where to look</summary>
# Work from the inside out. For one part: how often do all its copies fail at once? What is left is the part's own
# availability. Then go along the required parts, a chain in which each must work, and skip the others.</details>
#
# <details><summary>Hint 3: one line, on other numbers</summary>
# Two calls that are slow half of the time are both fast in 0.5 × 0.5 = 0.25 of the cases. Two copies that work 60 % of
# the time fail together in 0.4 × 0.4 = 0.16 of it, so the part works for 0.84.</details>

# %% answer="2C-answer"
def any_slow(calls, p):
    """Probability that at least one of several independent calls is slow."""
    ### BEGIN SOLUTION
    return 1 - (1 - p) ** calls
    ### END SOLUTION

def available(parts):
    """Share of time in which all required parts have a copy that works."""
    ### BEGIN SOLUTION
    required = [copies for role, copies in parts if role == "required"]
    return math.prod(1 - math.prod(1 - copy for copy in copies) for copies in required)
    ### END SOLUTION

# %%
any_slow(calls=100, p=0.01), available([("required", [0.99]), ("required", [0.9, 0.8]), ("optional", [0.7])])

# %% check="2C" points=4
check("2C", (any_slow, available))

# %% [markdown]
# ### Exercise 2M: live through a hang (5 points, 15 minutes)
#
# A front end with 20 threads gets 100 requests a second. A thread has one request at a time: it does 20 ms of its own
# work and then waits for an **optional** service, 30 ms when it is well, never more than 60. Clients leave after **1
# s**. Now and then the service hangs, or is down and refuses every call.
#
# Write a policy of your own around it. Only the body of `handle` is missing.
#
# - 99 % of all requests are completed within 1 s, whatever the service does.
# - An answer without the optional service is marked by `yield fallback.serve(0)`; no other is.
# - While the service is well, nothing changes. It never gets more than about one call for a request.
# - From 5 s after a fault on, answers are full again, and nothing stays in use.
#
# <details><summary>Hint 1: the idea</summary>
# Say in one sentence what a thread does during a hang. A thread that waits serves nobody. So either it stops waiting
# in time, or only a few may wait at once. One of the two is enough.</details>
#
# <details><summary>Hint 2: where to look</summary>
# In the source of `Timeout`, see how a call is started and waited for together with a clock, and how one knows
# which of them came first. A call that was refused is over too, with an outcome. For the limit, count threads: rate ×
# time held is how many are taken.</details>
#
# <details><summary>Hint 3: one line, on other numbers</summary>
# At 50 requests a second, each held for 0.3 s, 50 × 0.3 = 15 threads are taken. After `yield call | clock`,
# `call.triggered` says whether the call is over, and `call.value` is its outcome: nothing if it went well.</details>

# %% answer="2M-answer"
@dataclass(frozen=True)
class Protected:
    """The optional call, made so that a request lives without it."""
    design: Any

    def deploy(self, env):
        inner = self.design.deploy(env)
        fallback = Pool(env, "fallback", 1000)
        def handle(request):
            ### BEGIN SOLUTION
            call = env.process(outcome_of(inner.handle(request)))
            yield call | env.timeout(0.1)
            if not call.triggered or call.value:        # late, or refused
                yield fallback.serve(0)
            ### END SOLUTION
        return Deployment(handle, pools=(*inner.pools, fallback))

    def bill(self, run, prices):
        return self.design.bill(run, prices)

# %%
page = FrontEnd(Protected(Service("infer", 20)), threads=20)
visits = Workload(100, 22, Work(0.020, 0.030, 0), distribution=LogNormal(0.15))
hung = simulate(page, visits, faults=(Hang("infer", start=6, duration=6),))
print(f"{hung.goodput(1):.1f} answers a second in time; {len(hung.jobs['fallback'].request)} of all are stand-ins")

# %% check="2M" points=5
check("2M", Protected)

# %% [markdown]
# ### Exercise 2D: pools under a budget (5 points, 18 minutes)
#
# A document service promises a p99 of **0.400 s at most, in usual hours and during a campaign**. Usual hours bring 31
# requests a second, the two hours of the campaign 62; here a day is shrunk to 360 seconds. On average a request needs
# 0.044 s to prepare, 0.055 s to infer on a GPU, 0.019 s to respond, and five hops of 0.020 s each. The same replicas
# run all day, and the three services may cost **3.50 USD an hour** (above it, nothing is given for cost); the gateway
# is not yours to pay.
#
# Choose three whole numbers `replicas = (prepare, infer, respond)`: keep the promise, and pay as little as you can.
# The check looks at the day you see. The grade looks at ten others: half of it for the promise on average, a fifth for
# keeping it day by day, the rest for what you save of the budget, once the promise is kept.
#
# <details><summary>Hint 1: the idea</summary>
# Say in one sentence which part of the promised time is gone before anybody works. What is left is for work and
# queues. Each pool needs its offered load in the campaign, and some more for luck.</details>
#
# <details><summary>Hint 2: where to look</summary>
# Start from rate × work of each step, rounded up, and look at both p99. Add one replica to one service at a time and
# see which helps most; then ask what it costs. Last, repeat the day with other seeds: one day is luck.</details>
#
# <details><summary>Hint 3: one line, on other numbers</summary>
# At 80 requests a second and 0.05 s of work, the offered load is 80 × 0.05 = 4 busy replicas. Half a square root to
# spare gives 4 + 0.5 × 2 = 5 of them.</details>

# %%
gpu, rates = "gpu_g4dn.xlarge_1xT4_4vcpu_16gib", (31,) * 6 + (62,) + (31,) * 5
campaign_day = Workload(sum(rates) / 12, 360, Work(0.044, 0.055, 0.019), seed=4, arrivals=Diurnal(rates, day=360),
                        distribution=LogNormal(0.5))

def day_with(replicas, seed=4):
    prepare, infer, respond = replicas
    services = Service("prepare", prepare), Service("infer", infer, gpu), Service("respond", respond)
    return simulate(Microservices(*services, hop_time=0.020), replace(campaign_day, seed=seed))

def p99_by_period(run):
    responses, campaign = run.departure_times - run.arrival_times, run.arrival_times // 30 == 6
    return [round(float(np.nanpercentile(responses[part], 99)), 3) for part in (~campaign, campaign)]

def usd_per_hour(replicas):
    prepare, infer, respond = replicas
    return round((prepare + respond) * 3600 * prices.server_second + infer * prices.usd(gpu), 3)

print("p99 in usual hours and in the campaign:", p99_by_period(day_with((9, 9, 9))), "USD:", usd_per_hour((9, 9, 9)))

# %% answer="2D-answer"
# Write: replicas = (prepare, infer, respond)
replicas = None
### BEGIN SOLUTION
replicas = (4, 5, 2)
### END SOLUTION

# %% check="2D" points=5
check("2D", replicas)

# %% [markdown]
# ### Exercise 2E: version a contract (4 points, 12 minutes)
#
# A service sends an event for each image, with its duration in **milliseconds** (version 1) or **seconds** (version 2):
#
# ```
# {"version": 1, "id": "a17", "duration": 83, "model": "small"}
# {"version": 2, "id": "a17", "duration": 0.083, "model": "small"}
# ```
#
# Write `read_event(message)`, which returns a dict of `id`, `seconds` and `model`. A missing `model` becomes
# "unknown"; without any other of these fields, raise an error. Ignore fields you do not know. For any other version,
# raise a `ValueError` with a sentence that names the version. Do not change the message.
#
# <details><summary>Hint 1: the idea</summary>
# Say in one sentence what a reader may rely on. A tolerant reader takes what it needs and leaves the rest alone. It is
# strict about one thing: what it would have to guess.</details>
#
# <details><summary>Hint 2: where to look</summary>
# Decide about the version first, and only then look at the duration. A dict has two ways to look up a field: brackets
# fail when it is missing, and `get` takes a value for that case. Use each where it belongs. Put the result into a new
# dict.</details>
#
# <details><summary>Hint 3: one line, on other numbers</summary>
# Weights in grams (version 1) and kilograms (version 2): `kilograms = grams / 1000`, so 250 becomes 0.25; and
# `message.get("colour", "plain")` gives "plain" when there is no colour.</details>

# %% answer="2E-answer"
def read_event(message):
    """The id, seconds and model of an event of version 1 or 2; raises ValueError for others."""
    ### BEGIN SOLUTION
    version = message["version"]
    if version not in (1, 2):
        raise ValueError(f"cannot read version {version} of the event, only versions 1 and 2")
    seconds = message["duration"] / 1000 if version == 1 else message["duration"]
    return {"id": message["id"], "seconds": seconds, "model": message.get("model", "unknown")}
    ### END SOLUTION

# %%
read_event({"version": 1, "id": "a17", "duration": 83, "model": "small"})

# %% check="2E" points=2
check("2E", read_event)

# %% [markdown]
# For a while both versions are on the wire: the **dual-run window**. In about 60 words: who changes first, readers or
# senders? What do you measure to know that the window can close? What happens to version 1 then? Your instructor gives
# the other two points for it.

# %% manual="2E-note" points=2
# Write: note = """about 60 words"""
note = None
### BEGIN SOLUTION
note = """Readers change first: all of them must accept version 2 before the first sender uses it. Then senders move,
one team after the other. We count the messages of version 1 by sender. The window closes when that count has been 0 for
two weeks, longer than any message is kept for a replay. After that, readers refuse version 1 with a clear error, and
its code goes."""
### END SOLUTION

# %% [markdown]
# ## In this notebook
#
# - A split costs hops and servers that cannot help each other; it wins where steps need different hardware, or giants
#   keep others waiting.
# - Isolation is a timeout, a bulkhead or a fallback. Splitting alone gives none.
# - Retries multiply load. Without a budget they turn a short stall into a long one.
# - A chain of required services is less available than one box.
#
# Two questions to take along: which of your predictions was furthest off, and why? And which of your own systems would
# you put back together? Below are all your guesses of this lesson beside what you saw, and last the six statements as
# the experiments decided them, and all five patterns of the course on the same requests:

# %%
looking_back()
display(ledger(claims.CLAIMS), overview(five.stored(), prices.date))
