"""The migration lab: an application that outgrows its box becomes services, one step after the other."""

from collections.abc import Sequence
from math import ceil, inf
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import data
from ..claims.hardware import BOX, Packed
from ..claims.scaling import LockedMonolith, image_work, staffed
from ..claims.small import monthly
from ..patterns.microservices import Gateway, Microservices, Service
from ..policies.chained import Chained
from ..prices import Prices
from ..run import Run, compare, interval, percentile_interval
from ..simulation import replicate, simulate
from ..workload import LogNormal, Workload
from .designs import Copies, Faster, Hops

if TYPE_CHECKING:
    from pandas import DataFrame

CORES = 2                       # of the course's server; a worker has one
LARGEST = 16                    # of a machine that costs eight times as much: vm_m5.4xlarge_16vcpu_64gib
LOCKED, CROSSTALK = 0.05, 0.002     # shares of the work under the lock of one box: assumptions
UNITS = {"one box": 1, "a bigger box": 1, "more boxes": 2, "inference carved out": 3, "all services": 4}
# to operate: a load balancer is one too; the gateway of the services is theirs
WON = {"one box": "nothing to operate but one box",
       "a bigger box": "more processors, and no change in the code",
       "more boxes": "a lock for each box; one may fail",
       "inference carved out": "a GPU for the step that needs one",
       "all services": "each step is sized, released and repaired on its own"}


def steps(rate: float = 160.0, spare: float = 1.0) -> dict[str, Any]:
    """The designs by name, sized for `rate` requests a second with so many square roots of the load to spare.

    Only the first two are what they are. Inference is on processors until it is carved out, and then on a GPU.
    """
    prepare, infer, respond = image_work()
    workload = photos(rate)

    def servers(seconds):
        return staffed(workload, seconds, spare)

    small = Packed(LockedMonolith(CORES, LOCKED, CROSSTALK), 1 / CORES)
    light = Copies(Faster(small, infer=inf), ceil(servers(prepare + respond) / CORES))
    gpu = Faster(Service("infer", servers(infer / on_gpu()), BOX), infer=on_gpu())
    machines = [Packed(Service(step, whole(servers(seconds))), 1 / CORES)
                for step, seconds in (("prepare", prepare), ("respond", respond))]
    return {"one box": small, "a bigger box": Packed(LockedMonolith(LARGEST, LOCKED, CROSSTALK), 1 / CORES),
            "more boxes": Copies(small, ceil(servers(prepare + infer + respond) / CORES)),
            "inference carved out": Chained((light, Hops(2), gpu)),
            "all services": Microservices(machines[0], gpu, machines[1], Packed(Gateway(CORES), 1 / CORES))}


def whole(workers: int) -> int:
    """As many workers as the machines have that hold these."""
    return CORES * ceil(workers / CORES)


def on_gpu() -> float:
    """How many times as fast the small image model is on a T4 as on a CPU."""
    slow, fast = (float(data.row("service_times", id)["mean_ms"]) for id in ("yolo26n_cpu", "yolo26n_t4"))
    return slow / fast


def photos(rate: float, duration: float = 20.0) -> Workload:
    """Requests of the image classifier."""
    return Workload(rate, duration, image_work(), distribution=LogNormal(0.5))


def lab(rate: float = 160.0, duration: float = 20.0, traces: int = 5, designs: dict[str, Any] | None = None
        ) -> "DataFrame":
    """Each step on the same requests: p95 with its interval, what is left undone, US dollars a month, what has changed.

    `p95 changed by` and `USD changed by` are against the step before, the first with its paired interval.
    """
    from ..claims.whole import Whole

    prices, rows, before = Prices.read(), {}, None
    for name, design in (designs or steps(rate)).items():
        runs = replicate(design, photos(rate, duration), traces)
        rows[name] = row(runs, prices) | changed(before, runs, prices) | {
            "units": UNITS.get(name, ""), "won": WON.get(name, "")}
        before = runs
    return Whole(rows.values(), index=list(rows)).rename_axis("step")


def enough(rates: Sequence[float] = (5, 40, 160, 400), promise: float = 0.3, duration: float = 10.0, traces: int = 3
           ) -> "DataFrame":
    """The cheapest step at each number of requests a second that answers 95 % within `promise` seconds, and 98 % at
    all; empty where none does.
    """
    from pandas import DataFrame

    rows = {}
    for rate in rates:
        tried = lab(rate, duration, traces)
        kept = tried[(tried["p95 (s)"] <= promise) & (tried["unfinished (%)"] < 2)].sort_values("USD a month")
        rows[rate] = {"cheapest step": kept.index[0], **kept.iloc[0][["p95 (s)", "USD a month"]]} if len(kept) else {}
    return DataFrame.from_dict(rows, orient="index").rename_axis("requests a second")


def row(runs: Sequence[Run], prices: Prices) -> dict[str, Any]:
    """What one step is like."""
    p95 = percentile_interval(runs, 95)
    return {"p95 (s)": p95.mean, "low (s)": p95.low, "high (s)": p95.high,
            "unfinished (%)": 100 * float(np.mean([run.share("unfinished") for run in runs])),
            "USD a month": usd(runs, prices)}


def changed(before: Sequence[Run] | None, runs: Sequence[Run], prices: Prices) -> dict[str, Any]:
    """What the step before had less of."""
    if before is None:
        return {"p95 changed by (s)": "", "USD changed by": 0.0}
    longer = compare(before, runs, lambda run: run.percentile(95))
    return {"p95 changed by (s)": f"{longer.mean:.3g} [{longer.low:.3g}, {longer.high:.3g}]",
            "USD changed by": usd(runs, prices) - usd(before, prices)}


def usd(runs: Sequence[Run], prices: Prices) -> float:
    """US dollars a month, on average over the runs."""
    return interval([monthly(run, prices) for run in runs]).mean


def pays_from(later: str = "inference carved out", sooner: str = "more boxes", most: int = 1500) -> float:
    """Requests a second, of every fifty, from which one step never costs more than another; infinite: not up to `most`.

    Machines are whole: a little below, a step may be cheaper for a while and then dearer again.
    """
    rates = range(50, most + 1, 50)
    dearer = [rate for rate in rates if paid(steps(rate)[later]) > paid(steps(rate)[sooner])]
    return inf if dearer[-1:] == [rates[-1]] else max(dearer, default=0) + 50


def paid(design: Any) -> float:
    """US dollars a month for a design that is paid by the time, whatever comes."""
    return monthly(simulate(design, photos(0, 1)), Prices.read())
