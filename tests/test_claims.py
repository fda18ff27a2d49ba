"""Every claim, computed anew, gives the result that is stored, holds and fails where its card says so, and turns over
where the result says so."""

import json
from dataclasses import replace
from math import isnan, nan

import pytest
from claim_laws import proven, repriced, result
from conftest import rest
from pandas import DataFrame

from course.__main__ import main
from course.choosing.advice import EVERYTHING
from course.claims import complete, ledger, measure, monolith, print_ledger, run, stored
from course.claims.claim import PROXY, Table, computed, crossing
from course.claims.delivery import ReleaseTrain, RollOut
from course.claims.small import SmallProject
from course.run import Interval

BANNED = ("lines of code", "developer hours", "complexity score")
VERDICTS = {
    "M+1": "proxy only", "M+2": "proxy only", "M+3": "conditional",
    "M-1": "conditional", "M-2": "supported", "M-3": "proxy only",
    "µ+1": "conditional", "µ+2": "proxy only", "µ+3": "conditional",
    "µ-1": "proxy only", "µ-2": "conditional", "µ-3": "conditional",
    "S+1": "conditional", "S+2": "conditional", "S+3": "proxy only",
    "S-1": "conditional", "S-2": "conditional", "S-3": "conditional",
    "E+1": "conditional", "E+2": "conditional", "E+3": "conditional",
    "E-1": "supported", "E-2": "proxy only", "E-3": "supported",
    "Λ+1": "conditional", "Λ+2": "supported", "Λ+3": "supported",
    "Λ-1": "proxy only", "Λ-2": "conditional", "Λ-3": "proxy only",
    "R1": "conditional", "R2": "conditional", "R3": "conditional", "R4": "conditional",
    "R5": "conditional", "R6": "proxy only", "R7": "conditional", "R8": "conditional",
    "F1": "conditional", "F2": "conditional", "F3": "conditional", "F4": "conditional",
    "B1": "conditional", "B2": "proxy only", "B3": "conditional", "B4": "conditional",
}
STEPS = ("M-1", "Λ-1")          # whole boxes, whole parts: near the boundary nothing changes
NEVER_BAD = replace(monolith.UPDATE, experiment=ReleaseTrain(bad=0.0))


@pytest.fixture(scope="module", params=EVERYTHING, ids=lambda claim: claim.id)
@rest()
def measured(request):
    """A claim's result, computed whatever is stored."""
    return computed(request.param, 10)


def words(result):
    """All that a result says besides numbers."""
    return [(arm.role, arm.name, arm.metric) for arm in result.arms + result.also] + [len(result.arms)]


def numbers(result):
    """All numbers of a result."""
    arms = result.arms + result.also
    return [number for arm in arms for side in arm[2:5] for number in side] + [result.boundary]


def test_the_stored_result_is_what_the_claim_gives(measured):
    """But for the last digits, in which processors differ: they add up arrays in parts of different lengths."""
    kept = stored.found(measured.claim)
    assert kept, "after a change, run `course claims --measure`"
    assert words(kept) == words(measured)
    assert numbers(kept) == pytest.approx(numbers(measured), rel=1e-9, abs=1e-9, nan_ok=True)


def test_each_claim_holds_and_fails_with_intervals_clear_of_zero(measured):
    arms = measured.arms + measured.also
    assert proven(arms), str(measured)
    assert all(arm.effect.n == 10 for arm in arms)


def test_verdicts_follow_from_intervals_and_boundaries(measured):
    assert measured.verdict == VERDICTS[measured.claim.id]


def test_only_a_conditional_boundary_is_realistic(measured):
    low, high = measured.claim.realistic
    assert (low < measured.boundary < high) == (measured.verdict in ("conditional", "proxy only"))


@rest()
def test_a_claim_is_right_a_little_before_its_boundary_and_wrong_a_little_behind_it(measured):
    claim, edge = measured.claim, measured.boundary
    if claim.id not in STEPS:
        before, after = edge + 0.1 * (claim.holds_at - edge), edge + 0.1 * (claim.fails_at - edge)
        assert claim.at(before).effect.mean > 0 > claim.at(after).effect.mean


def test_where_something_stands_for_people_the_card_and_the_result_say_so(measured):
    said = [PROXY in str(measured.claim.card), PROXY in measured._repr_html_()]
    assert said == [measured.verdict == "proxy only"] * 2


@pytest.mark.parametrize("claim", EVERYTHING, ids=lambda claim: claim.id)
def test_a_card_says_all_that_it_must_and_measures_nothing_that_it_may_not(claim):
    fields = (claim.statement, claim.metric, claim.hold, claim.comparison, claim.fail, claim.knob, claim.false_when,
              claim.would_flip)
    assert all(fields) and len(claim.not_modelled) >= 3
    card = str(claim.card)
    assert all(field in card for field in (*fields, *claim.not_modelled))
    assert not any(word in card.lower() for word in BANNED)


def test_the_ledger_has_six_claims_on_each_pattern_eight_recommendations_four_edges_and_four_practices():
    signed = [f"{pattern}{sign}{number}" for pattern in "MµSEΛ" for sign in "+-" for number in (1, 2, 3)]
    others = [f"{kind}{number + 1}" for kind, count in (("R", 8), ("F", 4), ("B", 4)) for number in range(count)]
    assert [claim.id for claim in EVERYTHING] == list(VERDICTS) == signed + others
    assert all(stored.found(claim) for claim in EVERYTHING) and len(stored.contents(stored.STORED)) == 46


def test_a_verdict_turns_with_its_result():
    assert run(NEVER_BAD).verdict == "undecided"
    expensive = SmallProject(prices=repriced("vm_m5.large_2vcpu_8gib", 1.0))
    assert run(replace(monolith.SMALL, experiment=expensive)).verdict == "refuted"
    flipping = result("M-2")
    doubtful = flipping.arms[0]._replace(effect=Interval(0.1, -0.1, 0.3, 10))
    assert replace(flipping, arms=(doubtful, *flipping.arms[1:])).verdict == "undecided"
    unlucky = flipping.also[0]._replace(effect=Interval(-0.2, -0.3, -0.1, 10))
    assert replace(flipping, also=(unlucky,)).verdict == "refuted"
    assert replace(flipping, claim=replace(flipping.claim, realistic=(0.0, 1.0))).verdict == "conditional"
    assert replace(flipping, boundary=nan).verdict == "supported"
    assert "nowhere from 1 to 0.05" in replace(flipping, boundary=nan).flips


def test_fewer_than_ten_traces_are_refused():
    with pytest.raises(ValueError, match="at least 10 traces, got 9"):
        run(monolith.SIMPLE, traces=9)


def test_crossing_is_found_or_not_a_number():
    assert crossing(lambda knob: 3 - knob, 0, 10, steps=20) == pytest.approx(3, abs=1e-4)
    assert crossing(lambda knob: knob - 3, 10, 0, steps=20) == pytest.approx(3, abs=1e-4)
    assert isnan(crossing(lambda knob: 1.0, 0, 10))
    assert isnan(crossing(lambda knob: 0.0, 0, 10))


def test_a_table_is_a_page_table_with_a_caption_and_heads():
    html = Table("a < b", (("x", "1", "2"), ("alone", "<3>")), ("row", "first", "second"))._repr_html_()
    assert "<caption>a &lt; b</caption>" in html and html.count("scope='col'") == 3
    assert html.count("scope='row'") == 2 and "colspan='2'>&lt;3&gt;" in html
    assert "<tr></tr>" not in monolith.SCALE.card._repr_html_()


def test_the_ledger_has_a_row_for_each_claim():
    rows = ledger((monolith.SIMPLE, monolith.DEBUG))
    assert list(rows.claim) == ["M+1", "M+2"] and list(rows.n) == [10, 10]
    assert rows.effect[0] == result("M+1").effect.mean and rows.low[0] < rows.effect[0] < rows.high[0]
    assert rows["flips at"][0] == f"{result('M+1').boundary:.3g} (minutes to build and start the whole application)"
    assert list(rows.verdict) == ["proxy only", "proxy only"]


def test_a_page_shows_every_word_of_the_ledger_and_of_a_part_of_it():
    rows = ledger((monolith.SIMPLE, monolith.SCALE))
    assert len(rows["flips at"][1]) > 50
    for shown in (rows, rows[rows.verdict == "conditional"]):
        assert f'<td style="text-align: left">{rows["flips at"][1]}</td>' in shown._repr_html_()
    assert rows["flips at"][1] not in DataFrame(rows)._repr_html_()


def test_the_printed_ledger_names_effect_boundary_verdict_and_what_is_not_stored(capsys):
    print_ledger([monolith.DEBUG])
    shown = capsys.readouterr().out
    assert "M+2  A monolith is easier to debug and test: proxy only" in shown
    assert "n = 10 (places inspected" in shown
    assert "flips at 0.8" in shown and "(share of requests that carry a trace id)" in shown
    assert "computed now" not in shown
    print_ledger([NEVER_BAD])
    assert "computed now" in capsys.readouterr().out


def test_any_other_assumption_or_experiment_is_computed():
    assert [claim.id for claim in EVERYTHING if stored.found(claim, 11)] == []
    assert run(monolith.SIMPLE, 11) == computed(monolith.SIMPLE, 11)
    for other in (replace(monolith.SIMPLE, holds_at=6), replace(monolith.SIMPLE, experiment=RollOut(services=9))):
        assert stored.found(other) is None and run(other) == computed(other, 10)
    alike = type("RollOut", (RollOut,), {})()
    assert repr(alike) == repr(RollOut())
    assert stored.key(replace(monolith.SIMPLE, experiment=alike), 10) != stored.key(monolith.SIMPLE, 10)


def test_what_is_measured_is_found_exactly_and_states_its_recipe(tmp_path, capsys):
    few, path = (monolith.SIMPLE, NEVER_BAD), tmp_path / "results.json"
    assert [stored.found(claim, 10, path) for claim in few] == [None, None]
    measure(few, path)
    assert "1 of 2: M+1 is proxy only\n2 of 2: M-3 is undecided\n" in capsys.readouterr().out
    assert stored.found(few[0], 10, path) == computed(few[0], 10)
    assert isnan(stored.found(few[1], 10, path).boundary)
    assert "course claims --measure" in json.loads(path.read_text(encoding="utf-8"))["recipe"]


def test_what_is_missing_is_added_and_what_is_stored_stays(tmp_path):
    path, other = tmp_path / "results.json", replace(result("M+1"), boundary=77.0)
    stored.write([other, result("M-3")], path)
    complete((monolith.SIMPLE, monolith.DEBUG), path)
    assert stored.found(monolith.SIMPLE, 10, path) == other
    assert stored.found(monolith.DEBUG, 10, path) == computed(monolith.DEBUG, 10)
    assert len(stored.contents(path)) == 2              # nobody asked for M-3


def test_the_command_prints_every_claim_and_stores_what_it_is_told_to(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr("course.claims.measure", lambda claims: asked.append(("measure", claims)))
    monkeypatch.setattr("course.claims.complete", lambda claims: asked.append(("complete", claims)))
    for options in ([], ["--measure"], ["--missing"]):
        assert main(["claims", *options]) == 0
    assert asked == [("measure", EVERYTHING), ("complete", EVERYTHING)]
    printed = capsys.readouterr().out
    assert all(printed.count(f"{claim.id}  {claim.statement}: {VERDICTS[claim.id]}\n") == 3 for claim in EVERYTHING)
    assert "computed now" not in printed


def test_a_measurement_that_ends_early_leaves_the_file_as_it_was(tmp_path):
    def interrupted():
        yield result("M+1")
        raise KeyboardInterrupt

    path = tmp_path / "results.json"
    path.write_text("before")
    with pytest.raises(KeyboardInterrupt):
        stored.write(interrupted(), path)
    assert path.read_text() == "before" and list(tmp_path.iterdir()) == [path]
