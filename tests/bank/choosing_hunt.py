"""Answers to exercise 6H: what learners get wrong, and ways to be right."""

import numpy as np
from bank.form import Bank

RIGHT = {
    "Monolith": {"rate": 0.2, "peak": 1, "operations_price": 20},
    "Microservices": {"rate": 40, "processor": 0.02, "gpu": 0.01},
    "EventDriven": {"rate": 10, "work": 0.4, "peak": 3, "burst": 15, "seconds": 2},
    "LambdaArchitecture": {"late_share": 0.15, "latest": 0.8},
    "Serverless": {"rate": 0.8, "waits": 6, "peak": 1},
}
IN_OTHER_WAYS = {
    "Monolith": {"rate": 2, "work": 0.4, "peak": 8},
    "Microservices": {"rate": 3},
    "EventDriven": {"rate": 4, "work": 1.2, "peak": 4, "burst": 18, "seconds": 4},
    "LambdaArchitecture": {"rate": 0.003, "late_share": 0.3, "latest": 0.5},
    "Serverless": {"rate": 10, "work": 0.24, "peak": 1},
}
LATE_ONCE = {**RIGHT, "LambdaArchitecture": {"late_share": 0.3, "latest": 0.9}, "Monolith": {"operations_price": 0}}


def only(pattern, **numbers):
    """Numbers for one pattern, and for no other."""
    return {pattern: numbers}


WRONG = (
    ("6H-W1", only("Monolith", rate=50)), ("6H-W1", only("Serverless", rate=10, peak=0.5)),
    ("6H-W1", only("LambdaArchitecture", late_share=0.9, latest=0.5)), ("6H-W1", only("EventDriven", seconds=0.01)),
    ("6H-W1", only("Microservices", rate=0.1)), ("6H-W1", only("Monolith", operations_price=-100)),
    ("6H-W2", only("Monolith", workers=100)), ("6H-W2", only("EventDriven", consumers=1, seconds=2)),
    ("6H-W2", only("LambdaArchitecture", batch_interval=86_400)), ("6H-W2", only("Serverless", memory_gb=10)),
    ("6H-W3", only("EventDriven", rate=20, work=2, seconds=5)),
    ("6H-W3", only("EventDriven", rate=20, work=0.4, peak=1, seconds=2)),
    ("6H-W4", only("Serverless", rate=0.0002)), ("6H-W4", only("Monolith", rate=0.0005, operations_price=0)),
    ("6H-W4", only("LambdaArchitecture", rate=0.0001, latest=0.5)), ("6H-W4", only("EventDriven", rate=0.0001)),
    ("6H-W5", only("EventDriven", rate=1, work=4, seconds=0.2)),
    ("6H-W5", only("Microservices", rate=50, processor=0.3, gpu=0.1)),
    ("6H-W6", only("Monolith", rate=1)), ("6H-W6", only("Microservices", rate=200)),
    ("6H-W6", only("EventDriven", rate=10, seconds=60)), ("6H-W6", only("LambdaArchitecture", latest=24)),
    ("6H-W6", only("Serverless", rate=1)),
    ("6H-W7", only("LambdaArchitecture", late_share=0)), ("6H-W7", only("EventDriven", rate=1, seconds=60)),
    ("6H-UNCLEAR", only("LambdaArchitecture", latest=1.28)),
    ("6H-MISSING", {"Monolith": RIGHT["Monolith"]}), ("6H-FORM", [1, 2, 3]), ("6H-FORM", {"Monolith": 3}),
    ("6H-MISSING", {**RIGHT, "Monolith": {}}),
    ("6H-FORM", only("Monolith", rate="1")), ("6H-FORM", only("Monolith", rate=True)),
    ("6H-FORM", only("Monolith", rate=float("nan"))),
)
ACCEPTED = (
    ("6H-A1 cheap operations, balanced steps, long bursts, hardly late, waits", RIGHT),
    ("6H-A2 high peaks, few requests, patience, much late, busy", IN_OTHER_WAYS),
    ("6H-A3 later and cheaper", LATE_ONCE),
    ("6H-A4 as numbers of NumPy", {pattern: {name: np.float64(value) for name, value in numbers.items()}
                                   for pattern, numbers in RIGHT.items()}),
)
PATH = (None, {}, *({name: RIGHT[name] for name in list(RIGHT)[:count]} for count in range(1, 6)))
BANK = Bank("6H", RIGHT, 7, WRONG, ACCEPTED, PATH, sets=6)
