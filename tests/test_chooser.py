"""The chooser: what is nearest by hand, other rules on stored rows, the flip next door, and a form that says it."""

import subprocess
import sys
from math import inf, isnan
from time import perf_counter

import pytest

from course.choosing import choice_map, nearest as stored_nearest
from course.choosing.choice_map import BURSTINESS, RATES, WORK, Cell, ChoiceMap, row_of, stored
from course.choosing.chooser import KNOBS, PRICE, RATE, SOME, advised, beside, recommend, turn
from course.choosing.families import FAMILIES
from course.choosing.flips import Flip
from course.choosing.moving import ANY, FLAGS, NUMBERS, Chooser
from course.choosing.nearest import Evidence, Requirements, accurate, judged, known, nearest
from course.run import interval
from course.scenarios import U3, U4, U7, U13


def row(pattern, bills, lost=0.0, why="", **sizes):
    """A pattern with these bills; with a reason, it does not keep the promise."""
    return row_of(pattern, sizes, 1, "", 0.1, lost, ["promise"] * bool(why), why, bills)


def place(*rows, at=(0.5, 1.0, 10.0)):
    return Cell(*at, list(rows))


EACH = sum(WORK)


def evidence(name, at, work=EACH, sort=(False, False, False)):
    return Evidence(name, place(row("Monolith", [70.0, 70.0]), at=at), work, sort, False)


@pytest.fixture
def on(monkeypatch):
    """The chooser with a map of our own as all that is stored."""
    def places(*cells):
        chart = ChoiceMap("", cells)
        monkeypatch.setattr(choice_map, "stored", lambda: chart)
        found = tuple(stored_nearest.of_map())
        monkeypatch.setattr(stored_nearest, "known", lambda: found)
    return places


def test_factors_are_what_is_wanted_over_what_is_there():
    """2 a second of 0.05 s keep a tenth of a processor busy, and 1 a second of 0.2 s two tenths."""
    one = evidence("", (0.5, 2.0, 10.0), work=0.05)
    wanted = Requirements(rate=1.0, peak=30.0, promise=1.0, work=0.2)
    assert one.factors(wanted) == pytest.approx(
        {"work to do": 2.0, "peak over mean": 3.0, "promise": 2.0, "work of a request": 4.0})
    assert one.distance(wanted) == pytest.approx(2 * 3 * 2 * 4) and one.near(wanted)
    assert not one.near(Requirements(rate=1.0, peak=30.0, promise=1.0, work=0.21))
    assert one.distance(Requirements(rate=1.0, peak=5.0, promise=0.5, work=0.1)) == pytest.approx(2 * 2)


def test_the_nearest_has_the_smallest_product_of_factors_and_is_of_the_same_sort(monkeypatch):
    """3 is 3 times 1 and a third of 9; 4 is 4 times 1 and less than half of 9."""
    known_ones = (evidence("little", (0.5, 1.0, 10.0)), evidence("much", (0.5, 9.0, 10.0)),
                  evidence("with a GPU", (0.5, 4.0, 10.0), sort=(True, False, False)))
    monkeypatch.setattr(stored_nearest, "known", lambda: known_ones)
    assert nearest(Requirements(rate=2.9)).name == "little" and nearest(Requirements(rate=4.0)).name == "much"
    assert nearest(Requirements(rate=4.0, gpu=True)).name == "with a GPU"
    assert nearest(Requirements(rate=4.0, talks=True)) is None
    assert nearest(Requirements(rate=4.0, nothing_lost=True)) is None


def test_one_that_is_near_in_everything_comes_before_one_that_is_not(monkeypatch):
    """One factor of 5 is too far; 3 times 3 are not, although they are more."""
    far, near = evidence("far", (0.5, 5.0, 10.0)), evidence("near", (0.5, 3.0, 30.0))
    monkeypatch.setattr(stored_nearest, "known", lambda: (far, near))
    assert far.distance(Requirements()) < near.distance(Requirements())
    assert nearest(Requirements()).name == "near"


def test_each_place_and_use_case_is_nearest_to_itself():
    for cell in (stored().cell(0.5, 3.2, 10.0), stored().cell(30.0, 0.2, 3.0)):
        found = nearest(Requirements(rate=cell.rate, peak=cell.burstiness, promise=cell.promise))
        assert found.place == cell and found.distance(Requirements(cell.rate, cell.burstiness, cell.promise)) == 1
    for one in (U3, U4, U7, U13):
        wanted = Requirements(one.mean_rate, one.peak_rate / one.mean_rate, one.slo.seconds, sum(one.mean_work),
                              one.most_lost == 0, gpu=bool(one.gpu), talks=bool(one.slo.until))
        assert recommend(wanted).evidence == f"the use case {one.id}, {one.name}, just as you want it"


def test_all_that_is_stored_is_known():
    assert len(known()) == len(stored().places) + 15 and len({one.name for one in known()}) == len(known())


@pytest.mark.parametrize("one, wanted, broken", [
    (row("Monolith", [70.0, 70.0]), Requirements(budget=70.0), []),
    (row("Monolith", [70.0, 70.0]), Requirements(budget=69.0), ["budget"]),
    (row("Serverless", [69.0, 71.0]), Requirements(budget=75.0), ["budget"]),   # the mean is 70, and its end 70 + 12.7
    (row("Monolith", [70.0, 70.0], lost=1e-5), Requirements(nothing_lost=True), ["losses"]),
    (row("Monolith", [70.0, 70.0], lost=1e-5), Requirements(), []),
    (row("EventDriven", [70.0, 70.0]), Requirements(exact=True), ["accuracy"]),
    (row("LambdaArchitecture", [70.0, 70.0]), Requirements(exact=True), []),
    (row("Monolith", [70.0, 70.0], why="needs 3 s"), Requirements(), ["promise"])])
def test_rows_are_judged_by_the_rules_of_what_is_wanted(one, wanted, broken):
    found = judged(one, wanted)
    assert found.broken == broken and found.passes == (not broken) and bool(found.why) == bool(broken)


def test_a_budget_of_the_brief_is_not_that_of_the_reader():
    one = row("Monolith", [70.0, 70.0])._replace(passes=False, broken=["budget", "promise"], why="is dear; is slow")
    assert judged(one, Requirements()).why == "is slow"


def test_final_numbers_are_right_only_where_everything_is_computed_again():
    assert accurate() == {"LambdaArchitecture"}
    found = recommend(Requirements(rate=3.2, exact=True))
    assert found.pattern == "LambdaArchitecture" and not found.runner_up and "U10, U12" in found.text


TWO = place(row("Monolith", [70.0, 70.0], machines=1), row("Serverless", [9.0, 11.0]))
MORE = place(row("Monolith", [700.0, 700.0], machines=10), row("Serverless", [90.0, 110.0]), at=(0.5, 4.0, 10.0))


def test_the_advice_by_hand(on):
    """80 to 90 USD and two units of 100 against 70 and one; four times the requests need ten machines."""
    on(TWO, MORE)
    found = recommend(Requirements())
    assert (found.pattern, found.runner_up) == ("Monolith", "Serverless") and found.close and not found.undecided
    assert found.difference == interval([9 + 200 - 170, 11 + 200 - 170]) and found.difference.mean == 40
    assert set(found.flips) == {Flip(RATE, 1.0, 4.0, "Monolith", "Serverless"),
                                Flip(PRICE, 60.0, 60.0, "Serverless", "Monolith")}
    assert "Above about 2 requests a second (looked up at 1 and 4) the answer changes: Monolith below, Serverless " \
           "above." in found.text
    assert "Above 60 USD a month for a unit's operations" in found.text and "just as you want it" in found.text
    assert not found.between and "compared_in" not in found.text
    assert recommend(Requirements(rate=1.1)).between and "You lie between" in recommend(Requirements(rate=1.1)).text


def test_only_the_next_change_on_each_side_is_told():
    """A, B, B, A, B changes three times; from the middle, once below and once above are next."""
    answers = [(float(at), name) for at, name in enumerate(["A", "B", "B", "A", "B"])]
    assert list(beside(RATE, answers, 2)) == [Flip(RATE, 0.0, 1.0, "A", "B"), Flip(RATE, 2.0, 3.0, "B", "A")]
    assert list(beside(RATE, answers, 4)) == [Flip(RATE, 3.0, 4.0, "A", "B")]
    assert list(beside(RATE, answers, 0)) == [Flip(RATE, 0.0, 1.0, "A", "B")]


def test_half_the_work_changes_the_answer_at_twice_the_rate(on):
    on(TWO, MORE)
    (flip,) = [flip for flip in recommend(Requirements(rate=2.0, work=sum(WORK) / 2)).flips if flip.knob == RATE]
    assert (flip.low, flip.high) == pytest.approx((2.0, 8.0))


def test_a_tie_is_said_and_how_to_compute_it(on):
    on(place(row("Monolith", [70.0, 70.0]), row("Serverless", [-31.0, -27.0])))
    found = recommend(Requirements())
    assert found.undecided and found.text.startswith("Undecided: Serverless costs 1 [") and "compared_in" in found.text


def test_nobody_and_the_only_one(on):
    on(place(row("Monolith", [70.0, 70.0], why="needs 3 s"), row("Serverless", [9.0, 9.0])))
    assert recommend(Requirements()).answer == "Serverless; no other passes."
    none = recommend(Requirements(budget=5.0))
    assert none.answer == "Nobody passes." and "Monolith (needs 3 s; costs up to 70 USD" in none.text
    assert "Above 9 USD a month for the cloud the answer changes: nobody below, Serverless above." in none.text


@pytest.mark.parametrize("wanted", [Requirements(rate=1e5), Requirements(work=30.0, promise=100.0),
                                    Requirements(gpu=True, talks=True), SOME["a model of a minute"]])
def test_where_nothing_is_near_there_is_no_evidence(wanted):
    found = recommend(wanted)
    assert not found.near and found.pattern == "" and found.flips == ()
    assert found.text.startswith("No evidence: nothing stored is near.") and "compared_in(scenario)" in found.text


@pytest.mark.parametrize("numbers, sentence", [
    ({"rate": 0.0}, "rate is requests a second, on average, and must be more than 0, got 0"),
    ({"peak": 0.5}, "peak is times the mean, in a rush, and must be 1 or more, got 0.5"),
    ({"promise": inf}, "promise is seconds, for 99 % of the answers, and must be more than 0, got inf"),
    ({"work": float("nan")}, "work is seconds of a request"), ({"budget": -1.0}, "budget is US dollars a month"),
    ({"operations": -1.0}, "operations price must be 0 US dollars a month or more")])
def test_impossible_requirements_are_refused(numbers, sentence):
    with pytest.raises(ValueError, match=sentence):
        Requirements(**numbers)


def test_it_answers_at_once():
    recommend(Requirements())
    slowest = 0.0
    for rate in RATES:
        for peak in BURSTINESS:
            began = perf_counter()
            recommend(Requirements(rate=1.3 * rate, peak=peak))
            slowest = max(slowest, perf_counter() - began)
    assert slowest < 0.3


def test_a_change_in_a_sentence():
    assert turn(Flip(KNOBS["burstiness"], 10.0, 30.0, "Monolith", "undecided")) == (
        "Above about 17 times the mean in a rush (looked up at 10 and 30) the answer changes: Monolith below, "
        "undecided above.")


def test_the_table_has_a_row_for_each_of_some_requirements():
    table = advised({"one": Requirements(rate=3.2, budget=500.0)})
    assert table.loc["one", "answer"] == recommend(Requirements(rate=3.2, budget=500.0)).answer
    assert table.loc["one", "budget (USD)"] == "500" and list(advised().index) == list(SOME)


def test_the_form_shows_the_advice_for_what_it_says():
    page = Chooser()
    assert page.requirements.budget == inf and recommend(page.requirements).answer in page.page.value
    page.boxes["rate"].value = 12.8
    page.bars["peak"].value = 30.0
    page.flags["exact"].value = True
    assert page.bars["rate"].value == pytest.approx(12.8) and page.boxes["peak"].value == pytest.approx(30)
    assert "LambdaArchitecture; no other passes." in page.page.value
    page.boxes["budget"].value = 1000.0
    assert page.requirements.budget == 1000.0 < ANY and "costs up to" in page.page.value
    bundle = page._repr_mimebundle_()
    assert bundle["text/html"] == page.page.value and bundle["text/plain"] == recommend(page.requirements).text


def test_the_form_can_be_read_aloud_and_typed_into():
    page = Chooser()
    assert 'role="status" aria-live="polite" aria-label="Advice"' in page.page.value
    assert all(bar.description.endswith(")") and box.tooltip == bar.description for bar, box in zip(
        page.bars.values(), page.boxes.values()))
    assert [flag.description for flag in page.flags.values()] == list(FLAGS.values())
    assert page.boxes["operations"].min == 0.0 and set(page.boxes) == set(NUMBERS)


def test_a_failure_is_a_sentence(monkeypatch):
    page = Chooser()
    monkeypatch.setattr("course.choosing.moving.recommend", lambda wanted: 1 / 0)
    page.boxes["rate"].value = 2.0
    assert page.page.value == '<p role="alert">No advice for these values. ZeroDivisionError: division by zero</p>'


def test_the_chooser_alone_loads_nothing_heavy():
    code = "import sys, course.choosing.chooser; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"matplotlib", "pandas", "ipywidgets", "IPython", "joblib"} & set(loaded)


def test_no_number_on_the_page_is_missing():
    for wanted in SOME.values():
        found = recommend(wanted)
        assert "nan" not in found.text and set(found.pattern.split()) <= set(FAMILIES)
        assert not found.difference or not isnan(found.difference.mean)


