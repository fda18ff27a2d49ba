"""The twelve briefs. What each one is about is for the reader to find."""

from ..laws import Sometimes, UniformLaw
from ..policies.store import Store
from ..scenario import CrashOfLargestPool, Scenario, Slo, bursts, model_family
from ..workload import Work
from .brief import Brief

GPU = "gpu_g4dn.xlarge_1xT4_4vcpu_16gib"

HELP_DESK = Brief(1, recovery=30.0, scenario=Scenario(
    id="C1", name="The help desk", use_case="an assistant for customers",
    story="People ask a shop's help desk, in waves; an assistant answers in words, and its first word should come "
          "soon. The shop hopes to pay only for what is used.",
    mean_rate=3.0, peak_rate=20.0, arrivals=bursts(3.0, 20.0, burst=10.0, share=0.4),
    mean_work=Work(0.010, 0.050, 0.010),
    slo=Slo(99, 3.0, until="first token"), budget=700.0, availability=0.99, most_lost=1e-3, gb_per_day=2.0, teams=1,
    changes_per_week=3.0, duration=400.0, mishap=(CrashOfLargestPool(200.0, 15.0),)))

METERS = Brief(2, recovery=2.0, scenario=Scenario(
    id="C2", name="The meters", use_case="readings that are billed in the end",
    story="Meters report what is used. Customers see it within seconds, and the books of each day must be exact, "
          "although some meters report late.",
    mean_rate=100.0, peak_rate=300.0, arrivals=bursts(100.0, 300.0, burst=1.0, share=0.3),
    mean_work=Work(0.001, 0.003, 0.001), slo=Slo(99, 2.0), budget=1500.0, availability=0.99, most_lost=0.0,
    gb_per_day=30.0, teams=1, changes_per_week=1.0, duration=12.0, mishap=(CrashOfLargestPool(5.0, 1.0),),
    late=Sometimes(0.05, UniformLaw(0, 43_200.0)), most_error=0.5))

LETTERS = Brief(3, recovery=20.0, scenario=Scenario(
    id="C3", name="The letters", use_case="letters and files that are read by a model",
    story="Most customers send a letter of one page. A few send files of many pages, and both want their answer in "
          "the same time.",
    mean_rate=12.0, peak_rate=30.0, arrivals=bursts(12.0, 30.0, burst=8.0, share=0.4),
    mean_work=Work(0.010, 0.060, 0.010),
    slo=Slo(99, 1.5), budget=600.0, availability=0.99, most_lost=1e-3, gb_per_day=5.0, teams=1, changes_per_week=2.0,
    duration=200.0, mishap=(CrashOfLargestPool(40.0, 10.0),), variety=0.3, models=model_family((0.95, 0.05), 20.0)))

SHOP = Brief(4, recovery=1.0, most_days=7.0, scenario=Scenario(
    id="C4", name="The shop of many teams", use_case="a large application that is changed all the time",
    story="Seven teams work on one shop, each on a part of its own, and each wants to release when it is ready. "
          "Its traffic hardly varies.",
    mean_rate=400.0, peak_rate=480.0, arrivals=bursts(400.0, 480.0, burst=1.0, share=0.3),
    mean_work=Work(0.010, 0.050, 0.010), slo=Slo(99, 0.5), budget=4000.0, availability=0.99, most_lost=1e-3,
    gb_per_day=50.0, teams=7, changes_per_week=28.0, duration=5.0, mishap=(CrashOfLargestPool(2.0, 0.5),)))

FILMS = Brief(5, recovery=4.0, scenario=Scenario(
    id="C5", name="The films", use_case="films that are cut into scenes",
    story="Films are unpacked, looked at by a model that needs a GPU, and packed again. The model is quick; the rest "
          "takes long and needs none.",
    mean_rate=100.0, peak_rate=150.0, arrivals=bursts(100.0, 150.0, burst=2.0, share=0.3),
    mean_work=Work(0.090, 0.007, 0.050), slo=Slo(99, 0.9), budget=4000.0, availability=0.99, most_lost=1e-3,
    gb_per_day=200.0, teams=2, changes_per_week=4.0, duration=12.0, mishap=(CrashOfLargestPool(4.0, 1.0),), gpu=GPU,
    variety=0.5))

TICKETS = Brief(6, recovery=100.0, scenario=Scenario(
    id="C6", name="The tickets", use_case="a check that a buyer is a person, while they click",
    story="Hours of nearly nothing; then a sale opens, and hundreds click within seconds. A click that hangs is a "
          "ticket lost to somebody else.",
    mean_rate=0.2, peak_rate=60.0, arrivals=bursts(0.2, 60.0, burst=5.0, share=0.75),
    mean_work=Work(0.005, 0.060, 0.005),
    slo=Slo(99, 0.14), budget=600.0, availability=0.99, most_lost=1e-3, gb_per_day=0.5, teams=1, changes_per_week=2.0,
    duration=6000.0, mishap=(CrashOfLargestPool(2500.0, 100.0),), variety=0.2))

STOCK = Brief(7, recovery=20.0, store=Store(connections=10, seconds=0.100, queue_limit=20), scenario=Scenario(
    id="C7", name="The stock", use_case="orders that are checked and booked",
    story="Orders come in waves from many shops. Each is checked and then booked in a database that belongs to "
          "another team, and is not for us to change.",
    mean_rate=10.0, peak_rate=200.0, arrivals=bursts(10.0, 200.0, burst=1.0, share=0.5),
    mean_work=Work(0.010, 0.030, 0.010),
    slo=Slo(99, 8.0), budget=800.0, availability=0.99, most_lost=2e-3, gb_per_day=3.0, teams=1, changes_per_week=2.0,
    duration=450.0, mishap=(CrashOfLargestPool(150.0, 5.0),), variety=0.5))

STARTUP = Brief(8, recovery=10.0, operations=60.0, growth=5.0, scenario=Scenario(
    id="C8", name="The young company", use_case="a service that is young and grows",
    story="Few use it yet. The contract that is being signed brings many more within a year, and what is built now "
          "has to last for that long.",
    mean_rate=4.0, peak_rate=16.0, arrivals=bursts(4.0, 16.0, burst=8.0, share=0.4),
    mean_work=Work(0.010, 0.050, 0.010),
    slo=Slo(99, 0.3), budget=500.0, availability=0.99, most_lost=1e-3, gb_per_day=1.0, teams=1, changes_per_week=8.0,
    duration=80.0, mishap=(CrashOfLargestPool(30.0, 5.0),)))

PAYMENTS = Brief(9, recovery=5.0, scenario=Scenario(
    id="C9", name="The payments", use_case="payments that are judged while money moves",
    story="Each payment is judged before it goes on. One that gets lost is money that is missing, also on the day "
          "when a machine dies.",
    mean_rate=40.0, peak_rate=100.0, arrivals=bursts(40.0, 100.0, burst=3.0, share=0.3),
    mean_work=Work(0.005, 0.030, 0.005),
    slo=Slo(99, 0.5), budget=1500.0, availability=0.99, most_lost=1e-6, gb_per_day=10.0, teams=2, changes_per_week=4.0,
    duration=30.0, mishap=(CrashOfLargestPool(12.0, 2.0),)))

GUIDE = Brief(10, recovery=60.0, operations=20.0, scenario=Scenario(
    id="C10", name="The museum guide", use_case="an assistant that visitors talk to",
    story="Visitors ask a guide on their telephone; it answers in words as they come. What counts is when it begins "
          "to speak.",
    mean_rate=0.3, peak_rate=3.0, arrivals=bursts(0.3, 3.0, burst=20.0, share=0.4), mean_work=Work(0.010, 0.050, 0.010),
    slo=Slo(99, 3.4, until="first token"), budget=200.0, availability=0.99, most_lost=1e-3, gb_per_day=0.3, teams=1,
    changes_per_week=1.0, duration=4000.0, mishap=(CrashOfLargestPool(2000.0, 30.0),)))

CLUB = Brief(11, recovery=60.0, scenario=Scenario(
    id="C11", name="The sports club", use_case="a small service of people with little money",
    story="A club guesses how many will come to a match. Hardly anybody asks, but for the evening before it.",
    mean_rate=0.05, peak_rate=3.0, arrivals=bursts(0.05, 3.0, burst=30.0, share=0.5),
    mean_work=Work(0.010, 0.060, 0.010),
    slo=Slo(99, 1.5), budget=60.0, availability=0.99, most_lost=1e-3, gb_per_day=0.05, teams=1, changes_per_week=0.5,
    duration=20_000.0, mishap=(CrashOfLargestPool(8000.0, 60.0),)))

SURGERY = Brief(12, recovery=60.0, operations=150.0, scenario=Scenario(
    id="C12", name="The surgery", use_case="a small tool inside a practice",
    story="A doctor's practice sorts its letters, a few in an hour. Nobody there looks after computers, so whoever "
          "does is paid for it.",
    mean_rate=0.03, peak_rate=0.6, arrivals=bursts(0.03, 0.6, burst=120.0, share=0.5),
    mean_work=Work(0.010, 0.120, 0.010),
    slo=Slo(99, 2.0), budget=150.0, availability=0.99, most_lost=1e-3, gb_per_day=0.05, teams=1, changes_per_week=0.5,
    duration=30_000.0, mishap=(CrashOfLargestPool(12_000.0, 60.0),)))

BRIEFS = {one.number: one for one in (HELP_DESK, METERS, LETTERS, SHOP, FILMS, TICKETS, STOCK, STARTUP, PAYMENTS, GUIDE,
                                      CLUB, SURGERY)}
NUMBERS = tuple(BRIEFS)


def brief(number: int) -> Brief:
    """The brief with a number, which an instructor gives out, or a learner chooses; raises ValueError."""
    if isinstance(number, bool) or number not in BRIEFS:
        raise ValueError(f"the briefs have the numbers 1 to {len(BRIEFS)}, got {number!r}")
    return BRIEFS[number]
