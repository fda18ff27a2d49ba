"""SimPy's environment, made faster: the same events at the same times, with less work for each."""

import gc
from collections.abc import Callable, Generator, Iterable
from heapq import heappop, heappush
from math import inf, nan
from sys import getrefcount
from typing import Any

import simpy
from simpy.events import NORMAL, Event, Process

IDLE = object()     # what the lives of `arrive` yield when they are free for the next request


class Settled(simpy.Timeout):
    """An event that will succeed, without SimPy's costs of making one: used again once nobody holds it."""

    _ok, _value, _delay = True, None, nan
    __init__ = object.__init__

    def _desc(self):
        return "Timeout()"


def settled(env: simpy.Environment) -> Settled:
    """A new event that succeeds with None when its time comes."""
    event = Settled()
    event.env, event.callbacks = env, []
    return event


def references() -> int:
    """How many references there are to an event that only a local variable names: Pythons count differently."""
    event = Settled()
    return getrefcount(event)


ALONE = references()


class Guide:
    """Takes a generator from event to event; `id` is the request that what it does counts for."""

    __slots__ = ("again", "env", "generator", "id", "idle")

    def __init__(self, env: "Environment", generator: Generator, idle: list["Guide"]):
        self.env, self.generator, self.idle, self.id = env, generator, idle, -1
        self.again = self.resume    # a bound method that is made once

    def resume(self, event: Any) -> None:
        """Hand over the event's value, and wait for the next event."""
        env, generator = self.env, self.generator
        env._active_proc = self
        event = next(generator, IDLE) if event._value is None else deliver(generator, event)
        while event is not IDLE:
            try:
                event.callbacks.append(self.again)
                break
            except AttributeError:
                if not isinstance(event, Event):
                    raise RuntimeError(f"a process may yield only events, not {event!r}") from None
            event = next(generator, IDLE) if event._value is None else deliver(generator, event)  # it is over already
        else:
            self.idle.append(self)
        env._active_proc = None

    def interrupt(self, cause: Any = None) -> None:
        """Raise RuntimeError: only processes that somebody can wait for can be interrupted."""
        raise RuntimeError("the life of a request cannot be interrupted: put that part into env.process(...)")


def deliver(generator: Generator, event: Event) -> Any:
    """Hand the event's value to the generator, or raise its failure inside it; the next event it waits for."""
    try:
        if event._ok:
            return generator.send(event._value)
        event._defused = True
        return generator.throw(event._value)
    except StopIteration:
        return IDLE


class Environment(simpy.Environment):
    """A SimPy environment with two more verbs: `start` a process that nobody waits for, and `arrive`."""

    _active_proc: Any

    def __init__(self, initial_time: float = 0):
        super().__init__(initial_time)
        self.spare: list[Settled] = []      # events that are over, to be used again

    def start(self, generator: Generator, request: Any = None) -> None:
        """Run `generator` from now on, on behalf of `request`; for one to wait for or interrupt, use `process`."""
        caller = self._active_proc
        guide = Guide(self, generator, [])
        guide.id = getattr(request or caller, "id", -1)
        guide.resume(settled(self))
        self._active_proc = caller

    def arrive(self, requests: Iterable, lives: Callable[[], Generator]) -> None:
        """Hand each request, when it arrives, to an idle generator of `lives()`, which gets it from `yield IDLE`.

        A generator takes one request after another, since making one costs more than all it does.
        """
        arrival = settled(self)        # one event, scheduled again for each request
        idle: list[Guide] = []

        def arrivals():
            for request in requests:
                arrival._value, arrival.callbacks = request, callbacks
                heappush(self._queue, (request.arrival_time, NORMAL, next(self._eid), arrival))
                yield
                guide = idle.pop() if idle else self._idle_guide(lives, idle)
                guide.id = request.id
                guide.resume(arrival)
            yield

        process = arrivals()
        callbacks = [process.send]
        next(process)

    def _idle_guide(self, lives, idle):
        generator = lives()
        next(generator)
        return Guide(self, generator, idle)

    def process(self, generator: Generator) -> Process:
        """SimPy's own process; what it does counts for the request that started it."""
        process: Any = Process(self, generator)
        process.id = getattr(self._active_proc, "id", -1)
        return process

    def timeout(self, delay: float = 0, value: Any = None) -> simpy.Timeout:
        """An event after `delay` seconds; raises ValueError when that is in the past."""
        if not delay >= 0:
            raise ValueError(f"a delay must be at least 0 seconds, got {delay}")
        event = self.spare.pop() if self.spare else settled(self)
        if value is not None:
            event._value = value
        heappush(self._queue, (self._now + delay, NORMAL, next(self._eid), event))
        return event

    def run(self, until: float | Event | None = None) -> Any:
        """Process events until a time, until an event happens, or until none is left."""
        if isinstance(until, Event):
            return super().run(until)
        if until is not None and not until > self.now:
            raise ValueError(f"until must lie after the current time {self.now}, got {until}")
        collecting = gc.isenabled()
        gc.disable()    # nothing here makes cycles: in overload the collector would walk the whole queue in vain
        try:
            self._run_before(inf if until is None else until)
        finally:
            if collecting:
                gc.enable()
        if until is not None:
            self._now = until

    def _run_before(self, end):
        queue, spare = self._queue, self.spare
        while queue and queue[0][0] < end:
            self._now, _, _, event = heappop(queue)
            callbacks, event.callbacks = event.callbacks, None
            for callback in callbacks:
                callback(event)
            if event._ok:
                if event.__class__ is Settled and getrefcount(event) == ALONE and event._value is None:
                    callbacks.clear()
                    event.callbacks = callbacks
                    spare.append(event)
            elif not hasattr(event, "_defused"):
                raise event._value
