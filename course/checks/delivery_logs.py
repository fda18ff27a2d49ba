"""The runs of 3M made again from their logs on the judge's store, since what a kernel says of a run may be forged."""

from pickle import dumps
from typing import Any

from ..asking.crash_runs import TRIALS, Case, rehearsed
from ..asking.deliveries import Delivery, Died, Message, Queue, Store, Told
from .answers import failure

MOST_BYTES = 100_000    # that a value can take: only how much they grow is asked


class Replay:
    """A consumer that does at each delivery what the log has next; `fits` tells whether the log can be that of a run.

    How many bytes a value takes is believed, and decides about growth alone.
    """

    def __init__(self, log: list[Any], names: list[Any], values: list[Any]):
        self.entries, self.names, self.values, self.fits = iter(log), names, values, True

    def __call__(self, message: Message, queue: Queue, store: Store) -> None:
        actions = next(self.entries, None)
        if not isinstance(actions, list):
            self.fits = False
            return
        for place, action in enumerate(actions, 1):
            try:
                self.act(action, queue._delivery)
            except Died:
                self.fits = self.fits and place == len(actions)
                raise
            except Told:
                raise
            except Exception as error:
                self.fits = False
                raise Told from error

    def __deepcopy__(self, made: Any) -> "Replay":
        return self

    def act(self, action: Any, delivery: Delivery) -> None:
        """Do once more what a log has; raises whatever a malformed one leads to."""
        if action in ("acknowledged", "set aside"):
            delivery.leave(delivery.message, action)
        elif isinstance(action, str):
            raise Told(action)
        else:
            delivery.keep(dict(self.held(place) for place in action))

    def held(self, place: int) -> tuple[str, bytes | None]:
        """A name, and so many bytes that unpickle to the balance: what stands behind it is not read."""
        name, count, *amount = self.values[place]
        kept = (dumps(amount[0] if amount else None) + str(place).encode()).ljust(min(count, MOST_BYTES))
        return str(self.names[name]), kept if count else None


def replayed(case: Case, told: Any) -> Any:
    """What a case ends with by its log, or the failure that is told in its place; None when no run has such a log."""
    if failure(told):
        return told
    log, names, values = (told.get(part) if isinstance(told, dict) else None for part in ("log", "names", "values"))
    if not (isinstance(log, list) and isinstance(names, list) and isinstance(values, list)):
        return None
    replay = Replay(log, names, values)
    try:
        found = TRIALS.get(case["about"], rehearsed)(replay, case)
    except Told:                                    # only where nobody dies, and then the kernel tells it
        return None
    return found if replay.fits and next(replay.entries, None) is None else None
