"""Proves that 3M tries every schedule, forgets what a process forgets, and is fair: by hand, by counting, by law."""

import json
from itertools import product

import pytest
from bank.event_driven_modify import (
    ACCEPTED,
    WRONG,
    Remembering,
    acknowledge_first,
    acknowledge_last,
    consume,
    enclosed,
    in_a_default,
    in_an_attribute,
    in_memory,
    inbox_that_is_believed,
    marked_after,
    never_done,
)
from bank.form import codes, graded
from conftest import rest

from course.asking import ask, given as handed
from course.asking.crash_runs import FEW, TRIALS, plan, rehearsed, tried
from course.asking.crash_schedules import POINTS, Exhaustive, Plan, Rehearsal, balances, paid
from course.asking.deliveries import Delivery, Died, Message, Queue, Store, deliver
from course.asking.probe import plain
from course.asking.restart import restarted
from course.checks import EXERCISES
from course.checks.crash_cases import planned
from course.checks.delivery_logs import replayed
from course.checks.event_driven_modify import SETS, Ran
from course.grading.judging import MOST_BYTES

PAYMENTS = [Message(place + 1, "Ada", 10**place) for place in range(FEW)]
TOTAL = 3                                       # read by a consumer below, as a constant of the page
page_of_a_helper = {"seen": 0}


def digits(balance):
    """How often each of the payments has counted."""
    return tuple(balance // payment.amount % 10 for payment in PAYMENTS)


def ends(consumer):
    """By schedule: how often each payment has counted, and which messages are open."""
    trials = Exhaustive(consumer, PAYMENTS, 20)
    found = {points: trials.run(points)[:2] for points in trials.schedules()}
    return {points: (digits(balances(trials.stores[stored], PAYMENTS)["Ada"]), still)
            for points, (stored, still) in found.items()}


@pytest.mark.parametrize("consumer, step, times", [
    (acknowledge_first, 2, 0),      # received, acknowledged, dead: nobody will ever add it
    (acknowledge_last, 2, 2),       # received, added, dead: it comes again and is added again
    (in_memory, 2, 2),
    (marked_after, 2, 2),
    (consume, 2, 1),
])
def test_each_schedule_ends_as_it_must(consumer, step, times):
    found = ends(consumer)
    assert len(found) == POINTS**FEW == 4096
    for points, (counted, still) in found.items():
        assert counted == tuple(times if point == step else 1 for point in points) and still == []


@rest()
def test_to_try_no_delivery_twice_changes_no_result():
    """All 4,096 schedules for each of two, one by one and with consumers that live on between deliveries."""
    for consumer in (in_memory, inbox_that_is_believed):
        found = ends(consumer)
        for points in product(range(POINTS), repeat=FEW):
            crashes = {place: [point] for place, point in enumerate(points, 1)}
            run = Rehearsal(consumer, Plan(PAYMENTS, 20, FEW, crashes, {}))
            assert (digits(run.balances["Ada"]), [message.id for message in run.waiting]) == found[points]


def test_what_is_told_of_all_schedules_adds_up():
    case = planned(1)[3]
    told = tried(acknowledge_last, case)
    assert sum(result["count"] for result in told) == 4096 - missing_results(told)
    first = Ran(case, told[0])
    assert first.part("count") == 3**FEW and first.right and first.times == [1] * FEW
    assert [told[0][name] for name in ("points", "came")] == [(0,) * FEW, [1] * FEW]
    # The next in order is the first schedule in which the last one dies after its second step.
    assert told[1]["points"] == (0, 0, 0, 0, 0, 2) and told[1]["came"] == [1, 1, 1, 1, 1, 2]
    assert Ran(case, told[1]).times == [1, 1, 1, 1, 1, 2] and told[1]["count"] == 3**(FEW - 1)


def missing_results(told):
    """How many schedules have a result that is not among the first 40 of the 64: by which of the six die at step 2."""
    struck = sorted(product((0, 1), repeat=FEW))[len(told):]
    return sum(3**(FEW - sum(ones)) for ones in struck)


def test_a_delivery_by_hand():
    stored = {}
    delivery = Delivery(PAYMENTS[0], stored, last=3)
    queue, store = Queue(delivery, 7, 1), Store(delivery)
    delivery.step()
    store.put({"Ada": [1], "gone": 2})
    assert (queue.window, queue.consumer, delivery.steps, delivery.outcome) == (7, 1, 2, "open")
    kept = store.get("Ada")
    kept.append(2)
    assert store.get("Ada") == [1] and store.get("Ben", 5) == 5
    with pytest.raises(ValueError, match="message 1 is the one in hand, got 2"):
        queue.acknowledge(2)
    with pytest.raises(Died):
        store.put({"gone": None, "Ada": 3})
    assert set(stored) == {"Ada"} and balances(stored, PAYMENTS) == {"Ada": 3}      # done, and then dead
    for act in (lambda: store.put({"Ada": 4}), lambda: store.get("Ada"), lambda: queue.acknowledge(1)):
        with pytest.raises(Died):
            act()
    assert balances(stored, PAYMENTS) == {"Ada": 3} and delivery.outcome == "open"


def test_nothing_is_stored_when_one_of_the_values_cannot_be():
    delivery = Delivery(PAYMENTS[0], {}, 0)
    deliver(lambda message, queue, store: store.put({"Ada": 1, "Ben": lambda: 0}), delivery, 7)
    assert delivery.stored == {} and delivery.died and delivery.failure


def test_the_dead_do_nothing_even_if_they_catch_everything():
    def stubborn(message, queue, store):
        try:
            store.put({"Ada": 1})
        except BaseException:
            queue.acknowledge(message)
        finally:
            store.put({"Ada": 2})

    delivery = deliver(stubborn, Delivery(PAYMENTS[0], {}, 2), 7)
    assert (balances(delivery.stored, PAYMENTS), delivery.outcome, delivery.died) == ({"Ada": 1}, "open", True)


def test_a_rehearsal_by_hand():
    run = Rehearsal(acknowledge_last, Plan(PAYMENTS[:3], 20, 1, {1: [1, 2]}, {2: 1}))
    assert str(run).splitlines() == [
        "message 1: the consumer died after step 1", "message 2: acknowledged",
        "message 1: the consumer died after step 2",        # one other was between; and the second comes twice
        "message 2: acknowledged", "message 1: acknowledged", "message 3: acknowledged", "Ada: 122 of 111"]
    assert run.came == {1: 3, 2: 2, 3: 1}


def test_a_consumer_that_dies_forgets_and_one_that_lives_does_not():
    seen = set()

    def consumer(message, queue, store):
        if message.id not in seen:
            seen.add(message.id)
            store.put({"Ada": store.get("Ada", 0) + message.amount})
        queue.acknowledge(message)

    run = Rehearsal(consumer, Plan(PAYMENTS[:2], 20, 1, {1: [2]}, {2: 1}))
    assert run.balances == {"Ada": 12}      # the first was added twice; the second came twice, and no one died


def test_a_message_goes_to_the_other_consumer_when_it_comes_again():
    def consumer(message, queue, store):
        store.put({(message.id, queue.consumer): 1})
        queue.acknowledge(message)

    run = Rehearsal(consumer, plan({**planned(3)[5], "messages": [["Ada", 1], ["Ada", 2]]}))
    assert run.came == {1: 2, 2: 2} and set(run.stored) == {(1, 0), (1, 1), (2, 0), (2, 1)}


def reads_the_page(message, queue, store):
    page_of_a_helper["seen"] += 1
    return page_of_a_helper["seen"] + TOTAL + helper()


def helper():
    page_of_a_helper["seen"] += 10
    return page_of_a_helper["seen"]


def test_a_process_that_starts_knows_its_page_and_nothing_else():
    for _ in range(2):
        new = restarted(reads_the_page)
        assert [new(None, None, None) for _ in range(2)] == [1 + TOTAL + 11, 12 + TOTAL + 22]
    assert page_of_a_helper == {"seen": 0}


def counted(consumer):
    """How often a message counts that comes three times, if processes live on, and if each time another starts."""
    found, living = [], restarted(consumer)
    for taken in (lambda: living, lambda: restarted(consumer)):
        stored = {}
        for _ in range(3):
            deliver(taken(), Delivery(PAYMENTS[0], stored, 0), 7)
        found.append(balances(stored, PAYMENTS)["Ada"])
    return found


@pytest.mark.parametrize("consumer", [in_memory, in_a_default, in_an_attribute, enclosed(), Remembering().consume])
def test_memory_of_any_kind_is_lost_at_a_restart(consumer):
    assert counted(consumer) == [1, 3]
    assert counted(consumer) == [1, 3]              # nor does the check leave anything behind


def test_functions_that_refer_to_themselves_or_to_nothing_yet_can_be_restarted():
    def recursive(steps):
        return steps and 1 + recursive(steps - 1)

    assert restarted(recursive)(5) == 5

    def early():
        return late

    assert restarted(early).__closure__ is not None
    late = 7
    assert restarted(early)() == late


@pytest.mark.parametrize("place", range(SETS + 1))
def test_cases_are_what_the_task_says(place):
    cases = {case["about"]: case for case in planned(place)}
    few = [tuple(row) for row in cases["every"]["messages"]]
    assert sorted(amount for _, amount in few) == [10**power for power in range(FEW)]
    assert len({account for account, _ in few}) == 2
    assert len({*map(tuple, cases["equal"]["messages"])}) < len(cases["equal"]["messages"])
    for case in cases.values():
        assert sum(paid(plan(case).messages).values()) == sum(amount or 0 for _, amount in case["messages"])
    assert max(len(points) for _, points in cases["long"]["crashes"]) == 2
    assert {point for _, points in cases["long"]["crashes"] for point in points} == {1, 2, 3, 4, 5}


@pytest.mark.parametrize("place", range(SETS + 1))
@pytest.mark.parametrize("about", [-2, -1])
def test_a_message_never_comes_again_after_the_window(place, about):
    """For the ways that take messages as they come: between two deliveries of one are fewer deliveries than that."""
    case = planned(place)[about]
    for way, consumer in ACCEPTED:
        places, spans = {}, []
        for position, (message, _) in enumerate(Rehearsal(consumer, plan(case)).log):
            spans.append(position - places.setdefault(message.id, position))
        if way != "3M-A3 in turn":
            assert max(spans) < case["window"]
            assert about == -1 or max(spans) > 0.6 * case["window"]


def test_hidden_cases_differ_between_variants():
    assert all(one != other for place, one in enumerate(map(str, map(planned, range(SETS + 1))))
               for other in map(str, map(planned, range(place))))


def test_each_mistake_costs_what_depends_on_it_and_no_more():
    lost = {"3M-W3": 1.0, "3M-W4": 1.25, "3M-W5": 1.25, "3M-W7": 0.5, "3M-W8": 1.0, "3M-W9": 0.5, "3M-POISON": 0.5,
            "3M-SHORT": 0.5, "3M-LONG": 0.5, "3M-ORDER": 1.25}
    for code, answer in WRONG:
        if code in lost:
            report = graded("3M", answer)
            assert (codes(report), report.points) == ([code], pytest.approx(5 - lost[code]))


def test_who_never_acknowledges_is_stopped():
    exercise = EXERCISES["3M"]
    case = exercise.cases(1)[0]
    answer, = ask("3M", never_done, [case])
    assert replayed(case, answer)["open"] == [1, 2, 3, 4, 5, 6]
    assert "message 1 comes again and again" in str(graded("3M", never_done))


def stops(message, queue, store):
    """It stops with an error after a death, and at what it cannot read."""
    if message.amount is None:
        raise TypeError("no amount")
    try:
        consume(message, queue, store)
    except BaseException:
        raise ValueError("too late") from None


@pytest.mark.parametrize("consumer", [consume, acknowledge_first, marked_after, stops, *(way for _, way in ACCEPTED)])
def test_a_log_leads_to_what_the_kernel_saw(consumer):
    for case in planned(2):
        seen, again = TRIALS.get(case["about"], rehearsed)(consumer, case), replayed(case, *ask("3M", consumer, [case]))
        if case["about"] != "every":            # the bytes are those of other values, which grow alike
            seen, again = ({**one, "most": None} for one in (seen, again))
        assert plain(again) == plain(seen)


@pytest.mark.parametrize("told", [
    None, [], {}, {"balances": {"Ada": 111111}, "open": [], "marks": 1}, {"log": []},
    {"log": "log", "names": [], "values": []},
    *({"log": log, "names": ["Ada"], "values": [[0, 5, 1], [0, "x", {}], [0], 7, [1, 5]]} for log in (
        [], [[]] * 400, [["acknowledged"]] * 5, [["acknowledged"]] * 7, [["acknowledged", "acknowledged"]] * 6,
        *([[action]] * 6 for action in (7, None, [0], [1], [2], [3], [4], [9], [[]], "ValueError: x")))),
])
def test_what_is_told_without_the_log_of_a_run_earns_nothing(told):
    exercise = EXERCISES["3M"]
    cases = exercise.cases(1)
    raw = [told, *ask("3M", consume, cases)[1:]]
    assert exercise.judge(cases, raw).points == 0


def test_who_notes_each_delivery_is_still_told_in_full():
    """The longest logs that a right consumer may have: no two of its stores are alike."""
    def notes(message, queue, store):
        if message.amount is None:
            return queue.set_aside(message)
        store.put({"deliveries": [*store.get("deliveries", []), message.id][-2 * queue.window:]})
        return consume(message, queue, store)

    cases = EXERCISES["3M"].cases(1)
    raw = ask("3M", notes, cases)
    assert len(json.dumps(raw)) < MOST_BYTES / 2 and EXERCISES["3M"].judge(cases, raw).points == 5


def test_the_function_on_the_page_stays_as_it_was():
    @in_a_page
    def consumer(message, queue, store):
        queue.acknowledge(message)

    assert graded("3M", consumer).points == 0 and consumer.called == 0


def in_a_page(function):
    """A function that counts its calls."""
    def counting(message, queue, store):
        counting.called += 1
        function(message, queue, store)

    counting.called = 0
    return counting


def test_the_rehearsal_of_the_page_tells_deliveries_and_balance():
    told = str(handed("3M")(acknowledge_first, {2: [2], 5: [1, 3]})).splitlines()
    assert told[1] == "message 2: the consumer died after step 2" and told[-1] == "Ada: 111101 of 111111"
    long = str(handed("3M")(never_done)).splitlines()
    assert long[-2] == "message 6: not acknowledged" and long[-3] == "..." and len(long) == 21
