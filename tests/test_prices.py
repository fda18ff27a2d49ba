"""Prices are read from a dated table, and a table with a mistake in it is refused with a sentence."""

import dataclasses

import pytest

from course import data
from course.prices import Prices

HEADER = "item,provider,unit,usd,region,date,source,confidence"
SERVER = "vm_m5.large_2vcpu_8gib,AWS,hour,0.36,us-east-1,2026-09-06,a price list,high"
CALL = "call,AWS,1M requests,0.2,us-east-1,2024-07-01,another list,medium"


@pytest.fixture
def write(tmp_path):
    """A function that writes these rows to a price file and gives its path."""
    def write(*rows):
        path = tmp_path / "prices.csv"
        path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
        return path

    return write


def test_prices_are_those_of_the_table():
    prices = Prices.read()
    assert {price.item: price.usd for price in prices.items} == {
        row["item"]: float(row["usd"]) for row in data.rows("prices")}
    assert all(prices.price(row["item"]).source == row["source"] for row in data.rows("prices"))


def test_a_server_is_paid_by_the_second_and_a_month_has_730_hours(write):
    prices = Prices.read(write(SERVER, CALL))
    assert prices.server_second == pytest.approx(0.0001)
    assert prices.server_month == pytest.approx(0.36 * 730)
    assert prices.usd("call") == 0.2


def test_date_and_source_are_shown(write):
    prices = Prices.read(write(SERVER, CALL))
    assert (prices.date, prices.source) == ("2026-09-06", "AWS us-east-1, a price list")
    assert prices.date in str(prices) and prices.source in str(prices) and "2 prices" in str(prices)
    assert (prices.price("call").date, prices.price("call").unit) == ("2024-07-01", "1M requests")


def test_prices_are_a_value():
    prices = Prices.read()
    assert prices == Prices.read() and hash(prices) == hash(Prices.read())
    with pytest.raises(dataclasses.FrozenInstanceError):
        prices.items = ()


@pytest.mark.parametrize(("rows", "sentence"), [
    ([CALL], "has no row 'vm_m5.large_2vcpu_8gib': add it there, or use an item that is in the table"),
    ([], "has no row 'vm_m5.large_2vcpu_8gib': add it there, or use an item that is in the table"),
    ([SERVER.replace("0.36", "cheap")], "has the price 'cheap' in row 'vm_m5.large_2vcpu_8gib': write a number of US "
                                        "dollars that is not negative"),
    ([SERVER.replace("0.36", "-1")], "has the price '-1' in row 'vm_m5.large_2vcpu_8gib': write a number of US dollars "
                                     "that is not negative"),
    ([SERVER, CALL.replace("0.2,", "inf,")], "has the price 'inf' in row 'call': write a number of US dollars that is "
                                             "not negative"),
    ([SERVER, CALL.replace("2024-07-01", "")], "has no date in row 'call': fill it in"),
    ([SERVER, "call,AWS"], "has no unit in row 'call': fill it in"),
])
def test_a_price_file_with_a_mistake_is_refused_with_a_sentence(write, rows, sentence):
    path = write(*rows)
    with pytest.raises(ValueError) as error:
        Prices.read(path)
    assert str(error.value) == f"{path} {sentence}"


def test_an_unknown_item_and_a_missing_file_are_sentences(tmp_path):
    with pytest.raises(ValueError, match=r"^data/prices.csv has no row 'gold': add it there, or use an item"):
        Prices.read().usd("gold")
    path = tmp_path / "none.csv"
    with pytest.raises(FileNotFoundError) as error:
        Prices.read(path)
    assert str(error.value) == f"there is no price file {path}: give the path of a table like data/prices.csv"
