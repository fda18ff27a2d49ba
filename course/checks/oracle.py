"""A second opinion: queues computed by recursion, without the course's simulation, and the laws every queue obeys."""

from collections.abc import Sequence
from heapq import heappop, heappush
from math import inf


def start_times(arrival_times: Sequence[float], service_times: Sequence[float],
                steps: Sequence[tuple[float, int]]) -> list[float]:
    """When each request starts, first come, first served; `steps` are rows (seconds, servers from then on).

    When servers are taken away, the busy ones finish the job in hand first.
    """
    times, servers = [time for time, _ in steps] + [inf], [count for _, count in steps]
    busy: list[float] = []
    starts: list[float] = []
    now, step = 0.0, 0
    for arrival, service in zip(arrival_times, service_times):
        now = max(now, arrival)
        while True:
            while times[step + 1] <= now:
                step += 1
            while busy and busy[0] <= now:
                heappop(busy)
            if len(busy) < servers[step]:
                break
            now = min(busy[0] if busy else inf, times[step + 1])
            if now == inf:
                return starts + [inf] * (len(arrival_times) - len(starts))
        starts.append(now)
        heappush(busy, now + service)
    return starts


def response_times(arrival_times: Sequence[float], service_times: Sequence[float],
                   steps: Sequence[tuple[float, int]]) -> list[float]:
    """Seconds from arrival to departure, under the same rules."""
    starts = start_times(arrival_times, service_times, steps)
    return [start + service - arrival for arrival, service, start in zip(arrival_times, service_times, starts)]


def last_come_first_served(arrival_times: Sequence[float], service_times: Sequence[float], workers: int) -> list[float]:
    """Response times if a free worker took the newest request: a common mistake, to be told apart from others."""
    answer = [0.0] * len(arrival_times)
    busy: list[float] = []
    waiting: list[int] = []

    def serve(number, start):
        answer[number] = start + service_times[number] - arrival_times[number]
        heappush(busy, start + service_times[number])

    def serve_waiting_until(time):
        while waiting and busy[0] <= time:
            serve(waiting.pop(), heappop(busy))

    for number, arrival in enumerate(arrival_times):
        serve_waiting_until(arrival)
        while busy and busy[0] <= arrival:
            heappop(busy)
        if len(busy) < workers:
            serve(number, arrival)
        else:
            waiting.append(number)
    serve_waiting_until(inf)
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
