"""The table that the decision record of exercise 1E starts from."""

from html import escape
from typing import NamedTuple

STAY, SPLIT = "stay", "split"


class Result(NamedTuple):
    """One measure of both options; less is better in every row."""

    measure: str
    stay: float
    split: float


RESULTS = (
    Result("p95 response time (ms)", 310, 365),
    Result("cost (USD a month)", 420, 690),
    Result("lead time of a change (days)", 9.5, 3.5),
    Result("users hit when one part fails (%)", 96, 34),
)


class Table(tuple[Result, ...]):
    """The results, shown as a table in a notebook and as lines elsewhere."""

    def __repr__(self):
        rows = [f"{row.measure:36}{row.stay:>8g}{row.split:>8g}" for row in self]
        return "\n".join([f"{'':36}{STAY:>8}{SPLIT:>8}", *rows])

    def _repr_html_(self):
        rows = "".join(f'<tr><th scope="row">{escape(row.measure)}</th><td>{row.stay:g}</td><td>{row.split:g}</td></tr>'
                       for row in self)
        head = "".join(f'<th scope="col">{name}</th>' for name in ("less is better", STAY, SPLIT))
        return (f"<table><caption>One application, or split into services</caption><thead><tr>{head}</tr></thead>"
                f"<tbody>{rows}</tbody></table>")
