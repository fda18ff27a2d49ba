"""A second opinion: queues computed by recursion, without the course's simulation, and the laws every queue obeys."""

from bisect import bisect_right
from collections.abc import Sequence
from heapq import heappop, heappush, heapreplace
from math import inf


def start_times(arrival_times: Sequence[float], service_times: Sequence[float],
                steps: Sequence[tuple[float, int]]) -> list[float]:
    """When each request starts, first come, first served; `steps` are rows (seconds, servers from then on).

    When servers are taken away, the busy ones finish the job in hand first.
    """
    busy: list[float] = []
    starts: list[float] = []
    now = 0.0
    for arrival, service in zip(arrival_times, service_times):
        now = first_free(max(now, arrival), busy, steps)
        starts.append(now)
        heappush(busy, now + service)
    return starts


def first_free(now: float, busy: list[float], steps: Sequence[tuple[float, int]]) -> float:
    """The first moment from `now` on with a free server; forgets those in `busy`, a heap of ends, that are over."""
    while now < inf:
        while busy and busy[0] <= now:
            heappop(busy)
        place = bisect_right(steps, (now, inf)) - 1
        if len(busy) < steps[place][1]:
            return now
        change = steps[place + 1][0] if place + 1 < len(steps) else inf
        now = min(busy[0] if busy else inf, change)
    return inf


def response_times(arrival_times: Sequence[float], service_times: Sequence[float],
                   steps: Sequence[tuple[float, int]]) -> list[float]:
    """Seconds from arrival to departure, under the same rules."""
    starts = start_times(arrival_times, service_times, steps)
    return [start + service - arrival for arrival, service, start in zip(arrival_times, service_times, starts)]


def tandem(arrival_times: Sequence[float], work: Sequence[Sequence[float]], servers: Sequence[int],
           hop_time: float) -> list[float]:
    """Response times through stages in a row; `work` has the service times of each stage, and `servers` its servers.

    There is a hop before each stage and one back. Each stage serves in the order in which requests reach it.
    """
    times = list(arrival_times)
    for service_times, count in zip(work, servers):
        times = departure_times([time + hop_time for time in times], service_times, count)
    return [time + hop_time - arrival for time, arrival in zip(times, arrival_times)]


def departure_times(arrival_times: Sequence[float], service_times: Sequence[float], servers: int) -> list[float]:
    """When each request leaves; they may be given in any order, and are served as they come."""
    free = [0.0] * servers
    departures = [0.0] * len(arrival_times)
    for number in sorted(range(len(arrival_times)), key=arrival_times.__getitem__):
        arrival, first = arrival_times[number], free[0]
        departures[number] = (first if first > arrival else arrival) + service_times[number]
        heapreplace(free, departures[number])
    return departures


def last_come_first_served(arrival_times: Sequence[float], service_times: Sequence[float], workers: int) -> list[float]:
    """Response times if a free worker took the newest request: a common mistake, to be told apart from others."""
    answer = [0.0] * len(arrival_times)
    busy: list[float] = []
    waiting: list[int] = []

    def serve(number, start):
        answer[number] = start + service_times[number] - arrival_times[number]
        heappush(busy, start + service_times[number])

    def catch_up(time):
        while busy and busy[0] <= time:
            free = heappop(busy)
            if waiting:
                serve(waiting.pop(), free)

    for number, arrival in enumerate(arrival_times):
        catch_up(arrival)
        if len(busy) < workers:
            serve(number, arrival)
        else:
            waiting.append(number)
    catch_up(inf)
    return answer


def too_short(responses: Sequence[float], service_times: Sequence[float]) -> int | None:
    """The first request that took less time than its service; rounding is forgiven."""
    return next((number for number, (response, service) in enumerate(zip(responses, service_times))
                 if response < service - 1e-9), None)


def out_of_order(starts: Sequence[float]) -> int | None:
    """The first request that started before one that came earlier."""
    return next((number for number in range(1, len(starts)) if starts[number] < starts[number - 1] - 1e-9), None)


def most_at_once(starts: Sequence[float], finishes: Sequence[float]) -> int:
    """The largest number in service at the same time."""
    events = sorted([(time, 1) for time in starts] + [(time - 1e-9, -1) for time in finishes])
    level = most = 0
    for _, change in events:
        level += change
        most = max(most, level)
    return most


def mean_in_system(arrival_times: Sequence[float], responses: Sequence[float]) -> float:
    """Time average of the number in the system, counted event by event, until the last departure."""
    events = sorted([(time, 1) for time in arrival_times]
                    + [(arrival + response, -1) for arrival, response in zip(arrival_times, responses)])
    area = last = level = 0.0
    for time, change in events:
        area += level * (time - last)
        last, level = time, level + change
    return area / last if last else 0.0
