"""Prices: what a bill is made of, each with its date and source."""

import csv
from dataclasses import dataclass
from math import isfinite, nan
from pathlib import Path
from typing import NamedTuple

from . import data

SERVER = "vm_m5.large_2vcpu_8gib"
HOURS_IN_A_MONTH = 730


class Price(NamedTuple):
    """US dollars for one `unit` of something, and where that is written."""

    item: str
    provider: str
    unit: str
    usd: float
    region: str
    date: str
    source: str
    confidence: str


@dataclass(frozen=True)
class Prices:
    """A dated table of prices in US dollars, without tax; the server of the course is an AWS m5.large."""

    items: tuple[Price, ...]
    name: str = "data/prices.csv"

    @staticmethod
    def read(path: str | Path | None = None) -> "Prices":
        """The prices in data/prices.csv, or in another file with the same columns.

        Raises ValueError, or FileNotFoundError, with a sentence that names the file and the row.
        """
        name = str(path or "data/prices.csv")
        place = Path(path) if path else data.path("prices")
        if not place.is_file():
            raise FileNotFoundError(f"there is no price file {name}: give the path of a table like data/prices.csv")
        with open(place, encoding="utf-8", newline="") as file:
            prices = Prices(tuple(checked(row, name) for row in csv.DictReader(file)), name)
        prices.price(SERVER)        # every design has servers: better to miss them now
        return prices

    def price(self, item: str) -> Price:
        """The row of an item, with its unit, region, date and source."""
        for price in self.items:
            if price.item == item:
                return price
        raise ValueError(f"{self.name} has no row '{item}': add it there, or use an item that is in the table")

    def usd(self, item: str) -> float:
        """US dollars for one unit of the item, in the unit that its row states."""
        return self.price(item).usd

    def per_second(self, item: str) -> float:
        """US dollars for a second of something that is paid by the hour; raises ValueError for another unit."""
        price = self.price(item)
        if price.unit != "hour":
            raise ValueError(f"'{item}' is paid by the {price.unit} in {self.name}: name a row with the unit hour")
        return price.usd / 3600

    @property
    def server_second(self) -> float:
        """US dollars for a second of the course's server."""
        return self.per_second(SERVER)

    @property
    def server_month(self) -> float:
        """US dollars for a month (730 hours) of the course's server."""
        return self.usd(SERVER) * HOURS_IN_A_MONTH

    @property
    def date(self) -> str:
        """The day for which the server's price is known to hold."""
        return self.price(SERVER).date

    @property
    def source(self) -> str:
        """Where the server's price is from: provider, region and document."""
        server = self.price(SERVER)
        return f"{server.provider} {server.region}, {server.source}"

    def __str__(self):
        return (f"{len(self.items)} prices in US dollars from {self.name}; a server is {self.usd(SERVER)} an hour "
                f"({self.date}, {self.source})")


def checked(row: dict[str, str], name: str) -> Price:
    """A row as a Price; raises ValueError unless it has every column and its price is a number."""
    absent = [column for column in Price._fields if not row.get(column)]
    if absent:
        raise ValueError(f"{name} has no {absent[0]} in row '{row.get('item')}': fill it in")
    try:
        usd = float(row["usd"])
    except ValueError:
        usd = nan
    if not isfinite(usd) or usd < 0:
        raise ValueError(f"{name} has the price '{row['usd']}' in row '{row['item']}': "
                         "write a number of US dollars that is not negative")
    return Price._make(usd if column == "usd" else row[column] for column in Price._fields)
