"""Proves that the capstone is fair: briefs, what is seen of a design, least costs, and the sample records' numbers."""

import re
from dataclasses import replace
from functools import lru_cache
from math import inf
from pathlib import Path

import numpy as np
import pytest
from bank.capstone_predict import GUESS, run_at
from bank.capstone_station import station as first_come
from bank.form import Steps, graded
from conftest import rest

from course.capstone import NUMBERS, brief, difference, picked, tried, tried_all, what_if
from course.capstone.trying import NEVER, Results, percentile, rules
from course.checks import capstone_least
from course.checks.capstone_designs import EXERCISES as DESIGNS
from course.checks.capstone_least import HIDDEN, MARGIN, SEEN, enough, kept, stored
from course.checks.capstone_predict import EXERCISES as PREDICTED
from course.choosing.families import FAMILIES, UNITS
from course.lesson import kind, read, solution
from course.patterns.monolith import Monolith
from course.prices import Prices
from course.run import interval
from course.scenario import Slo
from course.simulation import simulate
from course.workload import Injected

ROOT = Path(__file__).resolve().parents[1]
LESSON = ROOT / "solutions" / "08-capstone" / "08-capstone.py"
DOCS = (ROOT / "docs" / "capstone.md").read_text(encoding="utf-8")
SURGERY = {"A": ("Monolith", {"machines": 1}), "B": ("Serverless", {}), "C": ("Monolith", {"machines": 2})}
all_briefs = pytest.mark.parametrize("number", NUMBERS)


@all_briefs
def test_a_brief_says_all_that_it_is_judged_by(number):
    one = brief(number)
    text = " ".join(str(one).split())
    asked = one.scenario
    for value in (asked.mean_rate, asked.peak_rate, asked.slo.seconds, one.operations, one.recovery):
        assert f"{value:g}" in text
    assert f"{one.scenario.budget:,.0f}" in text
    assert (f"{one.growth:g} times the traffic" in text) == (one.growth > 1)
    assert (f"within {one.most_days:g} days" in text) == (one.most_days < inf)
    assert ("GPU" in text) == bool(one.scenario.gpu) and ("language model" in text) == bool(one.scenario.slo.until)
    assert ("a database that others own" in text) == bool(one.store)
    assert ("one event in twenty" in text) == (one.scenario.most_error < inf)
    page = one._repr_html_()
    assert page.count("<tr>") == len(one.rows) and f"Brief {number}:" in page
    assert all(name in one.choices for name in FAMILIES)


def test_no_two_briefs_are_alike_and_none_names_its_trap_or_a_pattern_to_choose():
    assert len({repr(brief(number).scenario) for number in NUMBERS}) == len(NUMBERS) == 12
    stories = " ".join(brief(number).scenario.story for number in NUMBERS).lower()
    assert not re.search(r"\b(trap|obvious|monolith|microservice|serverless|function|lambda)", stories)


@pytest.mark.parametrize("number", [0, 13, True, "1", None, 1.5])
def test_a_number_without_a_brief_is_refused_in_a_sentence(number):
    with pytest.raises(ValueError, match="the briefs have the numbers 1 to 12, got "):
        brief(number)


def test_a_brief_is_tried_on_the_traffic_that_it_expects():
    young = brief(8)
    assert young.later.mean_rate == 5 * young.scenario.mean_rate == 20
    assert brief(1).later == brief(1).scenario
    assert young.mended == 30 + 5 + 10
    with pytest.raises(ValueError, match="Serverless is impossible here: functions have no GPU"):
        brief(5).sizes("Serverless")


@pytest.mark.parametrize("pattern, sizes, said", [
    ("Lambda", {}, "a pattern is one of Monolith, .* got 'Lambda'"),
    ("Serverless", {"memory": 3}, "has none to choose"),
    ("Monolith", {"machine": 1}, "Monolith has machines to choose here, .* got {'machine': 1}"),
    ("Monolith", 3, "sizes stand in braces, .* got 3"),
    ("Monolith", {"machines": "3"}, "a whole number from 1 on, got {'machines': '3'}"),
    ("Monolith", {"machines": 0}, "a whole number from 1 on"), ("Monolith", {"machines": 1.5}, "a whole number")])
def test_a_design_that_cannot_be_built_is_refused_in_a_sentence(pattern, sizes, said):
    with pytest.raises(ValueError, match=said):
        brief(12).build(pattern, sizes)


def test_a_function_has_no_more_memory_than_makes_it_faster():
    assert brief(1).build("Serverless", {"memory": 14})
    with pytest.raises(ValueError, match="memory has 1 to 14 steps, got 50"):
        brief(1).build("Serverless", {"memory": 50})
    report = graded("8A", (1, {"A": ("Serverless", {"memory": 50}), "B": ("Serverless", {"memory": 15})}, "A"))
    assert report.points == 0 and report.messages[0].got == "memory 50 in design A."
    assert report.messages[0].expected == "The memory of a function has 1 to 14 steps."


@pytest.mark.parametrize("count, said", [
    (0, "0"), (-1, "-1"), (1.5, "1.5"), ("3", "'3'"), (True, "True"), (None, "nothing"), (2000, "2000"), ({}, "a dict"),
    ("three" * 9, "'threethreethreethree'")])
def test_a_size_that_is_no_number_of_machines_is_shown(count, said):
    report = graded("8A", (1, {"A": ("Monolith", {"machines": count}), "B": ("Monolith", {"machines": 1})}, "A"))
    message, = report.messages
    assert (message.code, message.got) == ("8A-SIZES", f"design A with machines {said}.") and len(message.got) < 100


MISSPELT = {**SURGERY, "C": ("Monolth", {"machines": 2})}


def test_a_design_that_cannot_be_tried_is_left_out_and_takes_no_points_from_the_others():
    report = graded("8A", (12, MISSPELT, "A"))
    assert (report.points, report.passed, report.total) == (28, 6, 7)
    assert [(message.code, message.got) for message in report.messages] == [("8A-PATTERN", "Monolth in design C.")]


@pytest.mark.parametrize("designs, chosen", [
    (MISSPELT, "C"), ({**SURGERY, "B": MISSPELT["C"]}, "A"), ({**SURGERY, "A": MISSPELT["C"]}, "B")])
def test_a_choice_or_a_rival_that_cannot_be_tried_leaves_nothing_to_judge(designs, chosen):
    report = graded("8A", (12, designs, chosen))
    assert report.points == 0 and [message.code for message in report.messages] == ["8A-PATTERN"]


def test_a_table_that_never_came_is_told_with_the_design_that_stopped_it():
    report = graded("8T", (12, MISSPELT, None))
    assert report.points == 0 and [message.code for message in report.messages] == ["8T-STOPPED", "8T-PATTERN"]
    own = tried_all(brief(12), {name: SURGERY[name] for name in "AB"})
    report = graded("8T", (12, MISSPELT, own))
    assert report.points == 5 and [message.code for message in report.messages] == ["8T-PATTERN"]


def test_a_prediction_is_full_though_no_design_could_be_tried():
    report = graded("8P", Steps("8P", GUESS, run_at, ("B was slower than I thought, 0.594 s", None)))
    assert report.points == 1
    assert [(message.code, message.got) for message in report.messages] == [
        ("P-W4", "no results to quote from: `results` is None.")]


@pytest.mark.parametrize("text, points", [("205 USD", 2), ("0.9 s", 2), ("150 USD", 2), ("45 USD", 2), ("220.1 USD", 1),
                                          ("190 USD", 1), ("1.2 s", 1), ("240 USD", 1)])
def test_a_look_back_quotes_means_and_not_the_ends_of_an_interval(text, points):
    row = {"design": "A", "response": [0.9, 0.6, 1.2, 10], "total_usd": [205, 190, 220, 10],
           "cloud_usd": {"mean": 150, "low": 135, "high": 165, "n": 10}}
    other = {**row, "design": "B", "total_usd": [250, 240, 260, 10]}
    said = f"B was other than I thought, as I saw {text}."
    assert graded("8P", Steps("8P", GUESS, run_at, (said, [row, other]))).points == points


def test_the_promised_percentile_counts_who_was_never_answered():
    # One worker, work of 1.5 s: who comes at 0, 1 and 2 s leaves at 1.5, 3 and 4.5 s, which is the end.
    run = simulate(Monolith(1), Injected((0, 1, 2), [(0, 1.5, 0)] * 3))
    assert percentile(run, Slo(50, 2.0)) == pytest.approx(2.0)
    assert percentile(run, Slo(50, 3.0)) == pytest.approx(1.75)         # who came at 2 s may still be in time
    refused = replace(run, outcomes=np.array([0, 1, 0], np.int8))
    assert percentile(refused, Slo(100, 2.0)) == 2 * NEVER
    assert percentile(run.after(1.5), Slo(50, 2.0)) == pytest.approx(2.5)


def test_money_is_the_bill_and_the_units_that_are_operated():
    prices = Prices.read()
    machine = prices.server_second * 3600 * 730
    one, functions, two = tried_all(brief(12), SURGERY)
    assert one.cloud_usd.mean == pytest.approx(machine) and one.total_usd.mean == pytest.approx(machine + 150)
    assert two.total_usd.mean == pytest.approx(2 * machine + 150)
    assert functions.total_usd.mean == pytest.approx(functions.cloud_usd.mean + 2 * 150)
    store = tried(brief(7), "A", "Monolith", {"machines": 2}).cloud_usd.mean - 2 * machine
    assert store == pytest.approx(prices.per_second(brief(7).store.machine) * 3600 * 730)


def test_differences_are_paired_trace_by_trace():
    one, functions, _ = tried_all(brief(12), SURGERY)
    assert difference(one, functions) == interval([b - a for a, b in zip(one.usd, functions.usd)])
    assert difference(one, functions, "slowest").mean == 0
    assert repr(tried_all(brief(12), None)) == repr(Results()) and one.total_usd.ends in repr(Results([one]))
    assert "<td>Serverless</td>" in Results([functions])._repr_html_()


def test_others_are_compared_with_one_by_its_name_and_say_which_rules_they_break():
    one, functions, two = tried_all(brief(12), SURGERY)
    broken = two._replace(broken=("promise", "budget"))
    beside = Results([one, functions, broken]).beside("B")
    assert list(beside) == ["A, Monolith", "C, Monolith (breaks: promise, budget)"]
    assert beside["A, Monolith"] == difference(functions, one) and beside["A, Monolith"].mean < 0
    assert Results([one]).beside("B") == Results([one]).beside(None) == {}


def test_a_table_shows_the_worst_trace_and_how_wrong_a_number_is():
    one = tried(brief(12), "A", *SURGERY["A"])
    row = dict(zip(Results.HEAD, Results([one._replace(slowest=(0.5, 0.75), lost=3e-5, error=5.25)]).cells[0]))
    assert row["on the worst trace (s)"] == "0.75" and row["lost of a million"] == "30"
    assert row["wrong by (%)"] == "5.2" and row["cloud (USD a month)"] == one.cloud_usd.ends
    assert ", n" not in "".join(row.values()) and "Means of 10 traces" in Results([one])._repr_html_()


def test_a_design_that_nobody_wrote_is_missed_in_a_sentence():
    assert picked(SURGERY, "B") == ("Serverless", {})
    for designs in (None, {"A": SURGERY["A"]}):
        with pytest.raises(ValueError, match="there is no design B: write at least two"):
            picked(designs, "B")


def test_each_number_of_a_brief_can_be_doubted():
    asked = brief(2)
    doubted = asked.changed(operations=50, growth=2, most_days=3, recovery=4, budget=5, most_lost=0.1, most_error=6,
                            late_share=0.25)
    assert (doubted.operations, doubted.growth, doubted.most_days, doubted.recovery) == (50, 2, 3, 4)
    assert (doubted.scenario.budget, doubted.scenario.most_lost, doubted.scenario.most_error) == (5, 0.1, 6)
    assert doubted.scenario.late.share == 0.25 and doubted.later.mean_rate == 2 * asked.scenario.mean_rate
    assert asked.changed() == asked != doubted
    for other, odd in ((asked, "mean_rate"), (brief(12), "late_share")):
        with pytest.raises(ValueError, match=f"can be changed in operations, .*, not in {odd}"):
            other.changed(**{odd: 1})


def test_changed_briefs_stand_in_one_table():
    dear = replace(brief(12), operations=250.0)
    table = what_if({"as it is": brief(12), "dear": dear}, {"A": SURGERY["A"]})
    assert [one.design for one in table] == ["A, as it is", "A, dear"]
    assert table[1].total_usd.mean - table[0].total_usd.mean == pytest.approx(100)
    assert what_if({"dear": dear}, None) == what_if({}, SURGERY) == Results()


def test_each_rule_can_be_broken_alone():
    asked = replace(brief(12), most_days=10.0)
    asked = replace(asked, scenario=replace(asked.scenario, most_error=0.5))
    fine = tried(brief(12), "A", *SURGERY["A"])._replace(error=0.5)
    assert all(holds for _, holds in rules(asked, fine))
    spoilt = {"promise": {"response": fine.response._replace(mean=2.01)}, "budget": {"cloud_usd": interval([151, 151])},
              "losses": {"lost": 1.1e-3}, "recovery": {"again": 2.01}, "accuracy": {"error": 0.51},
              "releases": {"lead_days": 10.1}}
    for rule, change in spoilt.items():
        assert [name for name, holds in rules(asked, fine._replace(**change)) if not holds] == [rule]
    assert not dict(rules(asked, fine._replace(error=None)))["accuracy"]
    assert set(UNITS) == set(FAMILIES)


@lru_cache
def best(number):
    """An answer with the stored best, beside a rival."""
    found = stored()[str(number)]["best"]
    rival = next(one for one in stored()[str(number)]["rows"] if one["pattern"] != found["pattern"])
    return number, {"A": (found["pattern"], found["sizes"]), "B": (rival["pattern"], rival["sizes"])}, "A"


def variants(number):
    """The visible traces, and one of the hidden sets, in turn."""
    return 0, 1 + number % len(HIDDEN)


@all_briefs
@rest()
def test_the_stored_best_is_right_on_traces_of_both_sorts_and_never_near_the_line(number):
    found, promised = stored()[str(number)]["best"], brief(number).later.slo.seconds
    for variant in variants(number):
        report = graded("8A", best(number), variant)
        assert report.points == report.most == 28, report
        first = DESIGNS[0].cases(variant)[0]["seeds"]
        result = tried(brief(number), "", found["pattern"], found["sizes"], first=first)
        assert result.response.mean <= MARGIN * promised
        assert stored()[str(number)]["least"][str(first)] == round(result.total_usd.mean, 2)
    assert found["usd"] == stored()[str(number)]["least"][str(SEEN)]


@pytest.mark.parametrize("number", [3, 6, 7, 9])
@rest()
def test_no_size_of_the_stored_best_can_be_lowered(number):
    found = stored()[str(number)]["best"]
    for name, size in found["sizes"].items():
        fewer = {**found["sizes"], name: size - 1}
        assert size == 1 or not enough(brief(number), found["pattern"], fewer)


@all_briefs
@rest()
def test_the_obvious_answer_loses_points_by_the_trap_of_its_brief(number):
    obvious = stored()[str(number)]["obvious"]
    fallen = number, {**best(number)[1], "C": (obvious["pattern"], obvious["sizes"])}, "C"
    assert graded("8A", fallen, variants(number)[1]).points <= 23
    least = min(one["usd"] for one in stored()[str(number)]["rows"] if not one["broken"])
    assert stored()[str(number)]["best"]["usd"] == least
    assert obvious["broken"] or obvious["usd"] > 1.15 * least


def test_every_pattern_wins_somewhere_and_none_too_often():
    winners = [stored()[str(number)]["best"]["pattern"] for number in NUMBERS]
    assert set(winners) == set(FAMILIES)
    assert max(map(winners.count, winners)) <= 5


def test_a_row_of_the_store_can_be_computed_again():
    surgery = stored()["12"]
    assert capstone_least.row([12, "Monolith"]) == next(one for one in surgery["rows"] if one["pattern"] == "Monolith")
    assert capstone_least.row([5, "Serverless"]) == {}
    again = capstone_least.summary(12, surgery["rows"])
    assert again == surgery and again["naive"]["0"] == again["obvious"]["usd"]
    assert capstone_least.summary(11, stored()["11"]["rows"])["naive"]["0"] == pytest.approx(1.6 * 200.34, abs=0.01)


def test_measuring_writes_what_is_stored(tmp_path, monkeypatch):
    monkeypatch.setattr(capstone_least, "NUMBERS", (12,))
    monkeypatch.setattr(capstone_least, "sweep", lambda function, cases, store, recipe: (
        store.write_text(""), [next((one for one in stored()["12"]["rows"] if one["pattern"] == pattern), {})
                               for _, pattern in cases])[1])
    before = stored()["12"]
    assert capstone_least.measure(tmp_path / "capstone.json")["12"] == before
    assert [file.name for file in tmp_path.iterdir()] == ["capstone.json"]


@pytest.mark.parametrize("change", [{"again": 1.91}, {"slowest": (0.5, 2.21)}, {"response": interval([1.91, 1.91])}])
def test_the_best_is_looked_for_with_room_to_spare(change):
    found = tried(brief(12), "A", *SURGERY["A"])._replace(response=interval([1.89, 1.89]), again=1.89, slowest=(2.19,))
    assert kept(brief(12), found) and not kept(brief(12), found._replace(**change))


def test_hidden_traces_are_others_than_those_that_are_seen():
    cases = [DESIGNS[0].cases(variant)[0]["seeds"] for variant in range(4)]
    assert cases[0] == SEEN and sorted(cases[1:]) == sorted(HIDDEN)
    assert all(abs(a - b) >= 10 for a in cases for b in cases if a != b)


@lru_cache
def answers():
    """What the lesson's solution hands in."""
    page = {"brief": brief, "replace": replace, "predict": lambda *_: None}
    for cell in read(LESSON).cells:
        if kind(cell) in ("answer", "manual"):
            exec(cell.source, page)
    return page


def test_the_solution_of_the_lesson_gets_forty_of_forty():
    page = answers()
    results = tried_all(page["case"], page["designs"])
    steps = Steps("8P", {"A": page["a"], "B": page["b"]}, run_at, (page["reflection"], results))
    handed = {"8P": steps, "8A": (page["number"], page["designs"], page["chosen"]), "8M": page["station"],
              "8T": (page["number"], page["designs"], results)}
    reports = [graded(item, answer) for item, answer in handed.items()]
    assert [report.points for report in reports] == [report.most for report in reports] == [2, 28, 5, 5]


def test_the_manual_part_has_sixty_points_in_seven_criteria():
    points = {cell.metadata.manual: cell.metadata.points for cell in read(LESSON).cells if kind(cell) == "manual"}
    assert list(points.values()) == [8, 10, 14, 8, 10, 4, 6] and sum(points.values()) == 60
    assert dict(re.findall(r"\| (8E-\w+) \| (\d+) \|", DOCS)) == {name: str(most) for name, most in points.items()}


@pytest.mark.parametrize("sample, together", [("### Weak", 16.5), ("### Good\n", 56), ("### Good, with", 58)])
def test_the_marks_of_a_sample_add_up(sample, together):
    table = DOCS.split(sample)[1].split("\n### ")[0]
    weights = [8, 10, 14, 8, 10, 4, 6]
    marks = re.findall(r"^\| [A-Z][a-z ]+ \| (\d) \| ([\d.]+) \|", table, re.MULTILINE)
    assert [float(points) for _, points in marks] == [
        weight * int(level) / 4 for weight, (level, _) in zip(weights, marks)]
    assert len(marks) == 7 and sum(float(points) for _, points in marks) == together
    assert f"| together | | {together:g} |" in table


def test_kappa_of_the_example():
    one, other = np.array([4, 8, 12, 16]) / 40, np.array([4, 10, 14, 12]) / 40
    chance = float(one @ other)
    assert f"*e* is {chance:.3f}, and kappa is {(30 / 40 - chance) / (1 - chance):.2f}" in " ".join(DOCS.split())


@lru_cache
@rest()
def quoted():
    """Numbers that the records on brief 12 quote, as they write them."""
    surgery = brief(12)
    one, functions, two = tried_all(surgery, SURGERY)
    cheap = tried_all(replace(surgery, operations=60.0), SURGERY)
    more = tried_all(replace(surgery, growth=20.0), SURGERY)
    apart = difference(one, functions)
    assert [result.broken for result in more] == [()] * 3
    assert round(2 / (surgery.scenario.peak_rate * sum(surgery.scenario.mean_work))) == 24
    run = simulate(surgery.build(*SURGERY["A"]), surgery.later.workload)
    came = sorted(run.departure_times[run.outcomes == 0])[::10]
    slowest = max(left - at for left, at in zip(first_come(came, [60.0] * len(came), 1), came))
    rows = {row["pattern"]: row["usd"] - 150 * UNITS[row["pattern"]] for row in stored()["12"]["rows"]}
    least = [rows[pattern] for pattern in ("Microservices", "EventDriven", "LambdaArchitecture")]
    return {
        "both": [f"{one.response.mean:.3f} s [{one.response.low:.3f}, {one.response.high:.3f}]",
                 f"{one.total_usd.mean:.1f}", f"{apart.mean:.1f} USD a month more [{apart.low:.1f}, {apart.high:.1f}]",
                 f"{functions.total_usd.mean - 150:.1f}", f"{more[0].response.mean:.2f} s", f"{12 * apart.mean:.0f}",
                 f"{one.cloud_usd.mean - functions.cloud_usd.mean:.1f} USD a month"],
        "good": [f"B {functions.total_usd.mean:.1f}", f"within {one.again:.2f} s",
                 f"{one.lost:.2g} of a month's letters",
                 f"B costs {cheap[1].total_usd.mean:.1f} and A {cheap[0].total_usd.mean:.1f}",
                 f"C with {more[2].response.mean:.2f} s", f"{difference(more[2], more[1]).mean:.1f} USD a month less",
                 f"{one.cloud_usd.mean:.2f} + p = {functions.cloud_usd.mean:.2f} + 2p",
                 f"{len(came)} such letters takes",
                 f"takes {slowest:.0f} s", f"lose {cheap[0].total_usd.mean - cheap[1].total_usd.mean:.1f} USD a month",
                 f"second machine {two.total_usd.mean - one.total_usd.mean:.1f}",
                 f"{least[0]:.0f}, {least[1]:.0f} and {least[2]:.0f} USD a month"],
        "other": [f"with the second at 30 USD it costs {functions.total_usd.mean - 120:.1f}",
                  f"B costs {more[1].total_usd.mean:.1f} [{more[1].total_usd.low:.1f}, {more[1].total_usd.high:.1f}]",
                  f"needs {more[1].response.mean:.2f} s",
                  f"with one unit {one.total_usd.mean - functions.total_usd.mean + 150:.1f} less"],
        "weak": [f"The p99 is {one.slowest[0]:.3f} s", f"It costs {one.cloud_usd.mean:.0f} USD a month"],
    }


@pytest.mark.parametrize("sample, kinds", [
    ("weak", ["weak"]), ("good", ["both", "good"]), ("other", ["both", "other"])])
def test_the_numbers_of_a_sample_record_are_computed(sample, kinds):
    titles = {"weak": "### Weak", "other": "### Good, with"}
    good = " ".join(solution(cell) for cell in read(LESSON).cells if kind(cell) == "manual")
    text = good if sample == "good" else DOCS.split(titles[sample])[1].split("\n| criterion")[0].replace("\n>", "\n")
    text = " ".join(text.split())
    assert [number for name in kinds for number in quoted()[name] if number not in text] == []


def test_the_table_of_traps_says_what_is_stored():
    rows = re.findall(r"^\| (\d+) ([^|]+) \| [^|]+ \| ([^|]+) \| (\w+)( with less)?, ([\d,]+) \|$", DOCS, re.MULTILINE)
    assert [int(row[0]) for row in rows] == list(NUMBERS)
    for number, name, obvious, pattern, _, usd in rows:
        found, fallen = stored()[number]["best"], stored()[number]["obvious"]
        assert (name, pattern, usd) == (brief(int(number)).scenario.name, found["pattern"], f"{found['usd']:,.0f}")
        assert obvious.split()[0].strip(",") == fallen["pattern"]
        told = [float(value.replace(",", "")) for value in re.findall(r", ([\d,]{2,}\d)\b", obvious)]
        assert told == [] or told == [round(fallen["usd"])]


@pytest.mark.parametrize("text, results, points", [
    ("B was slower than I thought, 0.594 s", [], 1), ("B was slower than I thought, 0.594 s", "no rows", 1),
    ("B was slower than I thought, 10 traces", None, 1), ("B was slower than I thought, 0.594 s", None, 2)])
def test_a_look_back_quotes_times_and_money_and_not_how_many_traces_there_were(text, results, points):
    table = tried_all(brief(12), {name: SURGERY[name] for name in "AB"}) if results is None else results
    assert graded("8P", Steps("8P", GUESS, run_at, (text, table))).points == points


def test_prediction_and_result_stand_one_under_the_other():
    observed = PREDICTED[0].observe(run_at)
    lines = PREDICTED[0].beside(GUESS, observed).splitlines()
    assert lines[0].startswith("A: promise kept, 0.5936") and "220.1" in lines[0]
    assert lines[3].endswith("your prediction: promise missed, 310 USD")
    broken = {**observed, "A": observed["A"]._replace(broken=("promise",))}
    assert PREDICTED[0].beside(GUESS, broken).startswith("A: promise broken")


def test_a_result_without_end_is_no_number_to_quote():
    rows = [{"response": [value] * 3, "total_usd": [220.0, 219.0, 221.0]} for value in ("inf", "-inf")]
    for text, points in (("I said 7 seconds and saw that it is wrong", 0), ("I said 300 and saw 220 USD a month", 1)):
        assert PREDICTED[0].judge([{}], [{"record": None, "reconcile": [text, rows]}]).points == points
