"""Whole: a table of sentences, none of which a page cuts off."""

from pandas import DataFrame, option_context


class Whole(DataFrame):
    """A DataFrame that shows its texts whole and from the left on a page; pandas cuts each after 50 characters."""

    @property
    def _constructor(self):
        return Whole

    def _repr_html_(self):
        with option_context("display.max_colwidth", None):
            page = super()._repr_html_()
        return page.replace("text-align: right", "text-align: left").replace("<td>", '<td style="text-align: left">')
