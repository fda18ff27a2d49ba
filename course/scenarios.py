"""The use cases of the course as values: each a scenario, named U and its number."""

from .laws import Sometimes, UniformLaw
from .scenario import (
    MONTH,
    CrashOfLargestPool,
    Scenario,
    SeveralModels,
    Slo,
    bursts,
    compared,
    evaluate,
    grown,
    losses,
    model_family,
    money,
    promises,
)
from .workload import Work

__all__ = [
    "MONTH",
    "SCENARIOS",
    "U1",
    "U2",
    "U3",
    "U4",
    "U5",
    "U6",
    "U7",
    "U8",
    "U9",
    "U10",
    "U11",
    "U12",
    "U13",
    "U14",
    "U15",
    "CrashOfLargestPool",
    "Scenario",
    "SeveralModels",
    "Slo",
    "bursts",
    "compared",
    "evaluate",
    "grown",
    "losses",
    "model_family",
    "money",
    "promises",
]

UP_TO_HALF_A_DAY = Sometimes(0.05, UniformLaw(0, 43_200.0))

U1 = Scenario(
    id="U1", name="Office documents", use_case="a small application of limited scope",
    story="Documents of one office are sorted on weekdays, in waves when the post comes; a failed one is sent again.",
    mean_rate=0.1, peak_rate=1.0, arrivals=bursts(0.1, 1.0, burst=300.0, share=0.5),
    mean_work=Work(0.010, 0.150, 0.010), slo=Slo(99, 2.0), budget=200.0, availability=0.99, most_lost=1e-3,
    gb_per_day=0.1, teams=1, changes_per_week=1.0, duration=86_400.0, mishap=(CrashOfLargestPool(40_000.0, 60.0),),
    tries=8,
)

U2 = Scenario(
    id="U2", name="Proof of concept", use_case="a prototype that has to convince somebody",
    story="Quiet for hours; then somebody shows it around for a minute.",
    mean_rate=0.002, peak_rate=0.2, arrivals=bursts(0.002, 0.2, burst=60.0, share=0.5),
    mean_work=Work(0.010, 0.300, 0.010), slo=Slo(99, 5.0), budget=50.0, availability=0.95, most_lost=1e-2,
    gb_per_day=0.01, teams=1, changes_per_week=2.0, duration=604_800.0, mishap=(CrashOfLargestPool(300_000.0, 600.0),),
)

U3 = Scenario(
    id="U3", name="A start-up's service", use_case="a system where quick development matters more than scale",
    story="One team changes it ten times a week; traffic grows by a tenth a month and comes in rushes.",
    mean_rate=5.0, peak_rate=20.0, arrivals=bursts(5.0, 20.0, burst=60.0, share=0.4),
    mean_work=Work(0.010, 0.050, 0.010), slo=Slo(99, 0.5), budget=800.0, availability=0.99, most_lost=1e-3,
    gb_per_day=1.0, teams=1, changes_per_week=10.0, duration=3600.0, mishap=(CrashOfLargestPool(1800.0, 60.0),),
)

U4 = Scenario(
    id="U4", name="A platform for millions", use_case="a large application of many parts",
    story="Eight teams; the inference needs GPUs, the rest CPUs; at this size some machine dies every three days.",
    mean_rate=600.0, peak_rate=1500.0, arrivals=bursts(600.0, 1500.0, burst=2.0, share=0.3),
    mean_work=Work(0.040, 0.012, 0.020), slo=Slo(99, 0.4), budget=60_000.0, availability=0.999, most_lost=1e-4,
    gb_per_day=200.0, teams=8, changes_per_week=20.0, duration=30.0, mishap=(CrashOfLargestPool(15.0, 10.0),),
    mishaps_per_month=10.0, gpu="gpu_g4dn.xlarge_1xT4_4vcpu_16gib",
)

U5 = Scenario(
    id="U5", name="A model that is never finished", use_case="models that are updated all the time",
    story="Three teams release a model ten times a week, to a few requests first; a bad one is taken back.",
    mean_rate=80.0, peak_rate=200.0, arrivals=bursts(80.0, 200.0, burst=10.0, share=0.4),
    mean_work=Work(0.010, 0.050, 0.010), slo=Slo(99, 0.5), budget=5000.0, availability=0.999, most_lost=1e-4,
    gb_per_day=50.0, teams=3, changes_per_week=10.0, duration=150.0, mishap=(CrashOfLargestPool(75.0, 30.0),),
)

U6 = Scenario(
    id="U6", name="Five models", use_case="several models that need different services",
    story="Five models, the largest twenty times the smallest; the one in the middle gets four of five requests.",
    mean_rate=40.0, peak_rate=100.0, arrivals=bursts(40.0, 100.0, burst=10.0, share=0.4),
    mean_work=Work(0.010, 0.080, 0.010), slo=Slo(99, 0.6), budget=4000.0, availability=0.999, most_lost=1e-4,
    gb_per_day=20.0, teams=3, changes_per_week=5.0, duration=150.0, mishap=(CrashOfLargestPool(75.0, 30.0),),
    variety=0.5, models=model_family((0.05, 0.05, 0.80, 0.05, 0.05), largest=20.0),
)

U7 = Scenario(
    id="U7", name="Fraud detection", use_case="recognising fraud while money moves",
    story="Payments follow the day, with rushes in a sale; each has to be judged soon, and none may get lost.",
    mean_rate=250.0, peak_rate=800.0, arrivals=bursts(250.0, 800.0, burst=4.0, share=0.3),
    mean_work=Work(0.005, 0.030, 0.005), slo=Slo(99, 0.5), budget=6000.0, availability=0.999, most_lost=0.0,
    gb_per_day=60.0, teams=2, changes_per_week=5.0, duration=40.0, mishap=(CrashOfLargestPool(20.0, 5.0),),
)

U8 = Scenario(
    id="U8", name="Recommendations", use_case="recommending what suits somebody, while they look",
    story="Every look at a shop asks for a few proposals; one that does not come is no great harm.",
    mean_rate=700.0, peak_rate=2000.0, arrivals=bursts(700.0, 2000.0, burst=1.0, share=0.3),
    mean_work=Work(0.005, 0.020, 0.005), slo=Slo(99, 0.25), budget=9000.0, availability=0.999, most_lost=1e-3,
    gb_per_day=150.0, teams=3, changes_per_week=5.0, duration=15.0, mishap=(CrashOfLargestPool(8.0, 3.0),),
)

U9 = Scenario(
    id="U9", name="Predictive maintenance", use_case="seeing from what machines report that one will break",
    story="Machines report all the time, and more when they come back together; a warning may take a minute.",
    mean_rate=2500.0, peak_rate=3000.0, arrivals=bursts(2500.0, 3000.0, burst=0.1, share=0.3),
    mean_work=Work(0.001, 0.004, 0.001), slo=Slo(99, 60.0), budget=2000.0, availability=0.99, most_lost=0.0,
    gb_per_day=40.0, teams=1, changes_per_week=1.0, duration=5.0, mishap=(CrashOfLargestPool(2.0, 1.0),),
)

U10 = Scenario(
    id="U10", name="A dashboard of now", use_case="a dashboard that analyses what happens while it happens",
    story="What shops sell, a few seconds old; one event in twenty comes up to 12 hours late; books close daily.",
    mean_rate=2000.0, peak_rate=5000.0, arrivals=bursts(2000.0, 5000.0, burst=0.1, share=0.3),
    mean_work=Work(0.0005, 0.001, 0.0005), slo=Slo(99, 10.0), budget=4000.0, availability=0.99, most_lost=0.0,
    gb_per_day=300.0, teams=1, changes_per_week=1.0, duration=2.0, mishap=(CrashOfLargestPool(0.8, 0.4),),
    late=UP_TO_HALF_A_DAY, most_error=0.5,
)

U11 = Scenario(
    id="U11", name="What customers do", use_case="learning from how customers behave",
    story="Models are trained daily from what happened minutes ago at the latest; once a month all is computed anew.",
    mean_rate=300.0, peak_rate=1000.0, arrivals=bursts(300.0, 1000.0, burst=0.5, share=0.3),
    mean_work=Work(0.001, 0.003, 0.001), slo=Slo(99, 300.0), budget=3000.0, availability=0.99, most_lost=0.0,
    gb_per_day=100.0, teams=1, changes_per_week=1.0, duration=12.0, mishap=(CrashOfLargestPool(5.0, 2.0),),
    late=UP_TO_HALF_A_DAY,
)

U12 = Scenario(
    id="U12", name="Bills from usage", use_case="processing very much data, and some of it at once",
    story="Customers see within seconds what they have used, and at the end are billed for exactly that.",
    mean_rate=8000.0, peak_rate=20_000.0, arrivals=bursts(8000.0, 20_000.0, burst=0.03, share=0.3),
    mean_work=Work(0.0005, 0.001, 0.0005), slo=Slo(99, 5.0), budget=25_000.0, availability=0.999, most_lost=0.0,
    gb_per_day=2000.0, teams=3, changes_per_week=2.0, duration=1.2, mishap=(CrashOfLargestPool(0.5, 0.1),),
    late=UP_TO_HALF_A_DAY, most_error=0.0,
)

U13 = Scenario(
    id="U13", name="A chatbot", use_case="assistants that people talk to",
    story="People come in waves; each turn waits for a language model, and its first word should come soon.",
    mean_rate=0.5, peak_rate=10.0, arrivals=bursts(0.5, 10.0, burst=15.0, share=0.4),
    mean_work=Work(0.010, 0.050, 0.010), slo=Slo(99, 3.0, until="first token"), budget=400.0, availability=0.99,
    most_lost=1e-3, gb_per_day=0.5, teams=1, changes_per_week=2.0, duration=3600.0,
    mishap=(CrashOfLargestPool(1800.0, 30.0),),
)

U14 = Scenario(
    id="U14", name="Image recognition", use_case="recognising what is on an image",
    story="Hours of little, then hundreds of uploads in a few seconds; an answer may take half a minute.",
    mean_rate=0.8, peak_rate=60.0, arrivals=bursts(0.8, 60.0, burst=5.0, share=0.5),
    mean_work=Work(0.050, 0.400, 0.050), slo=Slo(99, 30.0), budget=500.0, availability=0.99, most_lost=1e-4,
    gb_per_day=10.0, teams=1, changes_per_week=2.0, duration=3600.0, mishap=(CrashOfLargestPool(1800.0, 30.0),),
)

U15 = Scenario(
    id="U15", name="A small prediction", use_case="light predictions that are asked for now and then",
    story="A small model that is idle nearly all day and has to answer a rush now and then.",
    mean_rate=0.05, peak_rate=5.0, arrivals=bursts(0.05, 5.0, burst=10.0, share=0.5),
    mean_work=Work(0.010, 0.050, 0.010), slo=Slo(99, 1.5), budget=60.0, availability=0.99, most_lost=1e-3,
    gb_per_day=0.05, teams=1, changes_per_week=1.0, duration=43_200.0, mishap=(CrashOfLargestPool(20_000.0, 60.0),),
)

SCENARIOS = (U1, U2, U3, U4, U5, U6, U7, U8, U9, U10, U11, U12, U13, U14, U15)
