"""The course's measured numbers: tables with a source, a date and a confidence for every value."""

import csv
from math import exp, log
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pandas import DataFrame

PACKAGE = Path(__file__).parent
FOLDERS = (PACKAGE / "data_files", PACKAGE.parent / "data")     # as installed; in a checkout
STEPS = ("prepare", "infer", "respond")
NORMAL_P99 = 2.3263     # the 99 % quantile of the standard normal distribution


def path(name: str) -> Path:
    """Where the table `name` lies; raises FileNotFoundError with the names there are."""
    places = [folder / f"{name}.csv" for folder in FOLDERS]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise FileNotFoundError(missing(name))
    return found


def rows(name: str) -> list[dict[str, str]]:
    """The table's rows as dictionaries of text, in the file's order."""
    with open(path(name), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(name: str) -> "DataFrame":
    """The table as a DataFrame, numbers as numbers, an empty field as not a number."""
    from pandas import read_csv

    return read_csv(path(name))


def work(name: str) -> tuple[float, float, float]:
    """Mean seconds of prepare, infer and respond of an AI request, computed from rows of service_times."""
    mine = {row["step"]: row for row in rows("work") if row["work"] == name}
    absent = [step for step in STEPS if step not in mine]
    if absent:
        raise ValueError(f"data/work.csv has no row for {absent[0]} of '{name}': {known('work')}")
    prepare, infer, respond = (milliseconds(mine[step]) / 1000 for step in STEPS)
    return prepare, infer, respond


def profile(name: str) -> tuple[float, ...]:
    """24 relative rates, one for each hour of the day, mean 1."""
    hours = {int(row["slot"]): float(row["relative_rate"]) for row in rows("traffic_profiles")
             if row["profile"] == name and row["step_min"] == "60"}
    if sorted(hours) != list(range(24)):
        raise ValueError(f"data/traffic_profiles.csv has {len(hours)} of 24 hours of '{name}': "
                         f"{known('traffic_profiles')}")
    return tuple(hours[hour] for hour in range(24))


def row(name: str, key: str) -> dict[str, str]:
    """The row of a table with that word in its first column; raises ValueError with the words there are."""
    for one in rows(name):
        if next(iter(one.values())) == key:
            return one
    raise ValueError(f"data/{name}.csv has no row '{key}': {known(name)}")


def cold_start(id: str) -> tuple[float, float]:
    """Median and sigma, in seconds, of the log-normal law of a row of cold_starts; sigma 0 where only a mean is known.

    `LogNormalLaw(*cold_start("lambda_python3.12_zip_x86_1024"))`.
    """
    found = row("cold_starts", id)
    if not found["mu"]:
        return float(found["mean_ms"]) / 1000, 0.0
    return exp(float(found["mu"])) / 1000, float(found["sigma"])


def first_token(id: str) -> tuple[float, float]:
    """Median and sigma, in seconds, of a log-normal law through the p50 and p99 of a row of service_times."""
    found = row("service_times", id)
    middle, high = float(found["p50_ms"]), float(found["p99_ms"])
    return middle / 1000, log(high / middle) / NORMAL_P99


def per_token(id: str) -> float:
    """Seconds for each further token: the p50 of a row of service_times."""
    return float(row("service_times", id)["p50_ms"]) / 1000


def output_tokens(trace: str) -> tuple[float, float]:
    """Median and sigma of the log-normal law of the tokens in an answer, from traffic_models."""
    for found in rows("traffic_models"):
        if (found["trace"], found["quantity"]) == (trace, "output tokens"):
            return exp(float(found["mu"])), float(found["sigma"])
    raise ValueError(f"data/traffic_models.csv has no output tokens of '{trace}': name a trace that has some")


def milliseconds(step: dict[str, str]) -> float:
    """The time that a row of data/work.csv points at: one value, or a + b times the batch."""
    row = {row["id"]: row for row in rows("service_times")}.get(step["row"])
    if row is None:
        raise ValueError(f"data/service_times.csv has no row '{step['row']}', which data/work.csv asks for: "
                         "correct the name in one of the two")
    try:
        if step["value"] == "batch_fit":
            return float(row["a_ms"]) + float(row["b_ms"]) * int(step["batch"])
        return float(row[step["value"]])
    except (KeyError, ValueError):
        raise ValueError(f"data/service_times.csv has no number '{step['value']}' in row '{step['row']}', which "
                         "data/work.csv asks for: name another column there") from None


def known(name: str) -> str:
    """Advice: the names in the first column."""
    names = dict.fromkeys(next(iter(row.values())) for row in rows(name))
    return f"use one of {', '.join(names)}, or restore the file"


def missing(name: str) -> str:
    """The sentence for a table that is not there."""
    names = sorted({file.stem for folder in FOLDERS for file in folder.glob("*.csv")})
    advice = f"use one of {', '.join(names)}" if names else "install the course again, or restore the folder data"
    return f"there is no data/{name}.csv: {advice}"
