"""Every table in data/ is the file that its README describes, and every number in it has a source."""

import csv
import re
from hashlib import sha256
from math import exp
from pathlib import Path

import pytest

from course import data

FOLDER = Path(__file__).parent.parent / "data"
FILES = sorted(FOLDER.glob("*.csv"))
README = (FOLDER / "README.md").read_text(encoding="utf-8")
DESCRIBED = {cells[1]: cells for cells in (re.split(r"\s*\|\s*", line) for line in README.splitlines())
             if re.match(r"`\w+\.csv`", "".join(cells[1:2]))}


def test_readme_has_a_row_with_source_date_licence_and_checksum_for_each_file():
    assert len(DESCRIBED) == len(FILES) == 11
    for file in FILES:
        rows = len(data.rows(file.stem))
        row = DESCRIBED[f"`{file.name}` ({rows})"]
        _, _, *described, checksum, _ = row
        assert len(described) == 5 and all(described)
        assert checksum == f"`{sha256(file.read_bytes()).hexdigest()}`", f"{file.name} has changed: update its row"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_tables_are_plain_csv_without_empty_or_ragged_rows(file):
    lines = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
    assert {len(line) for line in lines} == {len(lines[0])} and all(line[0] for line in lines)
    assert "\r" not in file.read_bytes().decode("utf-8")


@pytest.mark.parametrize("file", [file for file in FILES if file.stem not in ("events", "work")],
                         ids=lambda file: file.stem)
def test_every_number_has_a_date_a_source_and_a_confidence(file):
    for row in data.rows(file.stem):
        assert re.fullmatch(r"(19|20)\d\d(-\d\d(-\d\d)?)?|undated", row["date"]), row
        assert row["source"] and row["confidence"] in ("high", "medium"), row


@pytest.mark.parametrize("name", ["service_times", "cold_starts", "platform_defaults", "reliability", "prices"])
def test_names_are_unique(name):
    names = [next(iter(row.values())) for row in data.rows(name)]
    assert len(set(names)) == len(names)


def numbers(name, columns):
    """The numbers in these columns; a field that is neither empty nor a number raises."""
    return [(row, column, float(row[column])) for row in data.rows(name) for column in columns if row[column]]


def test_times_are_milliseconds_between_a_microsecond_and_ten_minutes():
    columns = [column for column in data.rows("service_times")[0] if column.endswith("_ms") and column != "b_ms"]
    for row, column, value in numbers("service_times", columns):
        assert 0 <= value < 600_000 and (value >= 0.001 or column == "low_ms"), row
    for row, _, value in numbers("cold_starts", ("mean_ms", "p50_ms", "p99_ms", "first_handler_mean_ms")):
        assert 1 <= value < 600_000, row


def test_percentiles_are_in_order_and_lines_have_both_ends():
    for row in data.rows("service_times"):
        known = [float(row[column]) for column in ("p50_ms", "p90_ms", "p99_ms") if row[column]]
        assert known == sorted(known), row
        if row["kind"] == "batch_fit":
            assert min(float(row["a_ms"]), float(row["b_ms"])) > 0, row
            assert float(row["batch_min"]) < float(row["batch_max"]), row
            assert float(row["mean_rel_err"] or 0) < 0.25, row


def test_lognormal_cold_starts_have_the_mean_and_median_of_their_row():
    """For a lognormal the median is exp(mu), and the mean exp(mu + sigma^2 / 2); the trace is close to one."""
    for row in data.rows("cold_starts"):
        if row["platform"] == "AWS Lambda":
            mu, sigma = float(row["mu"]), float(row["sigma"])
            assert exp(mu) == pytest.approx(float(row["p50_ms"]), rel=0.12), row
            assert exp(mu + sigma**2 / 2) == pytest.approx(float(row["mean_ms"]), rel=0.02), row


def test_prices_are_plausible_for_their_units():
    most = {"hour": 100, "GB-s": 0.0001, "1M requests": 10, "GB-month": 1, "GB": 1, "vCPU-s": 0.001}
    for row, _, usd in numbers("prices", ("usd",)):
        assert 0 < usd <= most.get(row["unit"], 100), row


def test_derived_prices_follow_from_what_their_source_says():
    usd = {row["item"]: float(row["usd"]) for row in data.rows("prices")}
    assert usd["kafka_broker_msk_m5.large"] == pytest.approx(10.08 / 48)
    assert usd["lambda_provisioned_duration_x86"] == pytest.approx(0.0000077778 / 0.8, rel=1e-4)
    assert usd["lambda_duration_arm64"] / usd["lambda_duration_x86"] == pytest.approx(0.8, rel=1e-4)


def test_every_profile_has_all_its_steps_and_a_mean_of_one():
    rates = {}
    for row in data.rows("traffic_profiles"):
        rates.setdefault((row["profile"], int(row["step_min"])), {})[int(row["slot"])] = float(row["relative_rate"])
    for (name, step), by_slot in rates.items():
        assert sorted(by_slot) == list(range(24 * 60 // step)), name
        assert sum(by_slot.values()) / len(by_slot) == pytest.approx(1, abs=0.001), name
    assert data.profile("nab_elb") == tuple(rates["nab_elb", 60][hour] for hour in range(24))


def test_traffic_models_average_to_the_mean_rate():
    models = [row for row in data.rows("traffic_models") if row["model"] == "mmpp2"]
    for row in models:
        low, high = float(row["mean_sojourn_low_s"]), float(row["mean_sojourn_high_s"])
        mean = (float(row["low_rate_rel"]) * low + float(row["high_rate_rel"]) * high) / (low + high)
        assert mean == pytest.approx(1, abs=0.01), row
    assert len(models) == 5


def test_defaults_are_numbers_unless_their_unit_says_otherwise():
    for row in data.rows("platform_defaults"):
        if row["unit"] not in ("setting", "date"):
            float(row["value"])


def test_failures_hold_a_value_or_a_band_and_shares_lie_between_0_and_1():
    for row in data.rows("reliability"):
        assert row["value"] or row["low"] or row["high"], row
        if row["unit"].startswith("fraction"):
            assert 0 < float(row["value"]) < 1, row
    rates = {row["name"]: float(row["value"]) for row in data.rows("reliability") if row["value"]}
    assert rates["gpu_interruption_rate"] == pytest.approx(419 / (16_384 * 54), rel=0.001)
    assert rates["gpu_mtbf"] == pytest.approx(24 / rates["gpu_interruption_rate"], rel=0.002)


def test_default_work_is_computed_from_the_rows_it_names():
    times = {row["id"]: row for row in csv.DictReader((FOLDER / "service_times.csv").open(encoding="utf-8"))}
    read, infer, write = (float(times[row]["mean_ms"]) / 1000
                          for row in ("json_loads_image", "yolo26n_cpu", "json_dumps_768_floats"))
    assert data.work("image_classifier") == pytest.approx((read, infer, write), rel=1e-12)
    features, trees = times["feast_redis_python_1row"], times["xgboost_100_depth6"]
    expected = (float(features["mean_ms"]), float(trees["a_ms"]) + float(trees["b_ms"]),
                float(times["json_dumps_30_floats"]["mean_ms"]))
    assert data.work("fraud_model") == pytest.approx([value / 1000 for value in expected], rel=1e-12)


def test_default_work_stands_on_rows_of_high_confidence():
    times = {row["id"]: row for row in data.rows("service_times")}
    for row in data.rows("work"):
        assert times[row["row"]]["confidence"] == "high", row


def test_a_table_is_a_data_frame_of_the_same_rows():
    prices = data.table("prices")
    assert list(prices["item"]) == [row["item"] for row in data.rows("prices")]
    assert prices["usd"].dtype == float


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Data as a wheel carries it: the tables lie in the package, and there is no checkout."""
    for file in FILES:
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(data, "FOLDERS", (tmp_path, tmp_path / "nowhere"))
    return tmp_path


def rewrite(folder, name, old, new):
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")


def test_tables_are_read_from_the_package_when_there_is_no_checkout(folder):
    assert data.path("prices") == folder / "prices.csv"
    assert sum(data.work("image_classifier")) > 0


def test_a_missing_table_is_a_sentence(folder):
    (folder / "service_times.csv").unlink()
    with pytest.raises(FileNotFoundError, match=r"^there is no data/service_times.csv: use one of cold_starts, "):
        data.rows("service_times")
    for file in folder.glob("*.csv"):
        file.unlink()
    with pytest.raises(FileNotFoundError, match=r"prices.csv: install the course again, or restore the folder data$"):
        data.path("prices")


@pytest.mark.parametrize(("file", "old", "new", "sentence"), [
    ("service_times.csv", "yolo26n_cpu,", "yolo,", "data/service_times.csv has no row 'yolo26n_cpu', which "
     "data/work.csv asks for: correct the name in one of the two"),
    ("work.csv", "image_classifier,prepare,json_loads_image,mean_ms", "image_classifier,prepare,json_loads_image,mean",
     "data/service_times.csv has no number 'mean' in row 'json_loads_image', which data/work.csv asks for: name "
     "another column there"),
    ("work.csv", "json_loads_image,mean_ms", "json_loads_image,p50_ms", "data/service_times.csv has no number 'p50_ms' "
     "in row 'json_loads_image', which data/work.csv asks for: name another column there"),
    ("work.csv", "image_classifier,infer", "image_classifier,guess", "data/work.csv has no row for infer of "
     "'image_classifier': use one of image_classifier, fraud_model, or restore the file"),
])
def test_a_row_that_is_wrong_is_a_sentence(folder, file, old, new, sentence):
    rewrite(folder, file, old, new)
    with pytest.raises(ValueError) as error:
        data.work("image_classifier")
    assert str(error.value) == sentence


def test_an_unknown_name_is_a_sentence_with_the_names_there_are():
    with pytest.raises(ValueError, match=r"^data/work.csv has no row for prepare of 'radio': use one of image_class"):
        data.work("radio")
    with pytest.raises(ValueError, match=r"^data/traffic_profiles.csv has 0 of 24 hours of 'radio': use one of nab_"):
        data.profile("radio")
