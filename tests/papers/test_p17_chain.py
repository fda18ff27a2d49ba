"""P17: thirty dependencies of 99.99 % leave 99.7 %, which is two hours a month."""

from dataclasses import dataclass

from course.policies.failing import Failing
from course.run import measure
from course.simulation import Deployment, Pool, replicate
from course.workload import Work, Workload

DEPENDENCIES, SHARE = 30, 0.0001
HOURS = 30 * 24         # of the published month; a month of the price lists has 730


@dataclass(frozen=True)
class Dependency:
    """A service that answers at once."""

    name: str

    def deploy(self, env):
        return Deployment(lambda request: iter(()), (Pool(env, self.name, 1),))


@dataclass(frozen=True)
class Chain:
    """A request needs every one of the dependencies, each of which fails by chance."""

    def deploy(self, env):
        links = [Failing(Dependency(f"dependency {number}"), SHARE).deploy(env) for number in range(DEPENDENCIES)]

        def handle(request):
            for link in links:
                outcome = yield from link.handle(request)
                if outcome:
                    return outcome

        return Deployment(handle, tuple(pool for link in links for pool in link.pools))


def exactly(what, published, ours, places):
    """A row that is met when the published number is ours, rounded."""
    return what, published, ours, round(ours, places) == published


def test_the_published_numbers_are_a_power(judge):
    available = (1 - SHARE) ** DEPENDENCIES
    judge([exactly("P17 availability in percent", 99.7, 100 * available, 1),
           exactly("P17 failures in a billion, in millions", 3, 1000 * (1 - available), 0),
           exactly("P17 availability in percent, closed form", 99.7004, 100 * available, 4),
           exactly("P17 failures in a billion, closed form", 2_995_654, 1e9 * (1 - available), 0),
           exactly("P17 hours down in a month, closed form", 2.157, HOURS * (1 - available), 3)])


def test_a_simulated_chain_is_as_available(judge):
    runs = replicate(Chain(), Workload(1000, 20, Work(0, 0, 0)))
    ours = measure(runs, lambda run: 100 * run.share("completed"))
    lost = measure(runs, lambda run: HOURS * run.share("lost"))
    judge([("P17 availability in percent, simulated", 99.7004, ours, ours.low <= 99.7004 <= ours.high),
           ("P17 hours down in a month, simulated", 2.157, lost, lost.low <= 2.157 <= lost.high)])
