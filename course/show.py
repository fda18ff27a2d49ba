"""The source of a model, coloured, on the page: what is read is what runs."""

import inspect
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

STYLE = "xcode"     # of the styles that come with Pygments, the one whose colours all stand out 5 to 1 on white


@dataclass(frozen=True)
class Source:
    """The text of a Python file, and where it lies."""

    text: str
    path: str

    def _repr_html_(self) -> str:
        from pygments import highlight
        from pygments.formatters import HtmlFormatter
        from pygments.lexers import PythonLexer

        paper = HtmlFormatter(style=STYLE, noclasses=True, cssstyles="background: #fff; color: #000; padding: 0.5em",
                              prestyles="font-family: monospace; overflow-x: auto; margin: 0; white-space: pre")
        return (f'<figure style="margin: 0"><figcaption>The file <code>{escape(self.path)}</code></figcaption>'
                f"{highlight(self.text, PythonLexer(), paper)}</figure>")

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": self.text}


def show(thing: Any) -> Source:
    """The file in which a class, function or module is written; raises TypeError for what has none."""
    module = inspect.getmodule(thing)
    path = Path(getattr(module, "__file__", None) or "")
    if module is None or not path.is_file():
        raise TypeError(f"show needs a class, function or module that is written in a file, got {thing!r}")
    return Source(path.read_text(encoding="utf-8"), module.__name__.replace(".", "/") + ".py")
