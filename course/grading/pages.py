"""Pages that are safe to open: all that comes from outside is text, nothing runs, nothing is fetched."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape

LONGEST = 2_000     # letters of one text
CONTROL = r"\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff"
DIRECTION = r"\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"     # they make a text look like another
INVISIBLE = re.compile(f"[{CONTROL}{DIRECTION}]")
CODE = re.compile(r"`([^`\s](?:[^`\n]*[^`\s])?)`")
STYLE = """
:root { color-scheme: light; }
body { margin: 0; background: #fff; color: #1b1b1b; font: 1rem/1.55 system-ui, sans-serif; }
main { max-width: 48rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
main.wide { max-width: 80rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0.5rem 0; }
h2 { font-size: 1.25rem; margin: 2rem 0 0.5rem; border-top: 1px solid #b5b5b5; padding-top: 1rem; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 0.5rem; }
p, ul, ol { margin: 0.5rem 0; }
.state { font-size: 1.15rem; font-weight: 600; border-left: 0.35rem solid #0072b2; padding: 0.5rem 0.75rem;
  background: #eef5fa; }
.state.error { border-color: #b03a00; background: #fdf1eb; }
.small { color: #4d4d4d; font-size: 0.9rem; }
.scroll { overflow-x: auto; overflow-wrap: normal; }
.scroll td:nth-child(2) { white-space: nowrap; }
code { font: 0.95em ui-monospace, monospace; background: #f0f0f0; padding: 0 0.2em; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0 1.25rem; }
caption { text-align: left; font-weight: 600; padding: 0.25rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.6rem; border-bottom: 1px solid #c8c8c8;
  unicode-bidi: isolate; }
th { font-weight: 600; }
thead th { border-bottom: 2px solid #6b6b6b; }
tfoot th, tfoot td { border-top: 2px solid #6b6b6b; font-weight: 600; }
table.rows th { width: 9rem; color: #333; background: #f6f6f6; }
td ul { margin: 0; padding-left: 1.1rem; }
@media (max-width: 30rem) {
  th, td { padding: 0.3rem 0.35rem; }
  table.rows th { width: 5.5rem; }
}
"""
POLICY = ("default-src 'none'; base-uri 'none'; form-action 'none'; "
          f"style-src 'sha256-{b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'")


def plain(value: object) -> str:
    """Any value as text that can be written and read: no control or direction signs, and not too long."""
    text = INVISIBLE.sub("\N{REPLACEMENT CHARACTER}", str(value).encode("utf-8", "replace").decode())
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def safe(value: object) -> str:
    """Any value as text inside a page."""
    return escape(plain(value))


def prose(value: object) -> str:
    """Any value as text inside a page, with code where it stands between backticks."""
    return CODE.sub(r"<code>\1</code>", safe(value))


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph; `kind` is one of the style's classes, never a text from outside."""
    return f"<p class=\"{kind}\">{prose(text)}</p>" if kind else f"<p>{prose(text)}</p>"


def bullets(sentences: Iterable[str], tag: str = "ul") -> str:
    """A list, in order where the tag is `ol`."""
    return f"<{tag}>{''.join(f'<li>{prose(sentence)}</li>' for sentence in sentences)}</{tag}>"


def heading(level: int, text: str) -> str:
    """A heading."""
    return f"<h{level}>{safe(text)}</h{level}>"


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]], total: Sequence[str] = ()) -> str:
    """A table with a column for each name; the first cell of a row names it, and `total` stands at the foot."""
    head = "".join(f"<th scope=\"col\">{safe(column)}</th>" for column in columns)
    foot = f"<tfoot>{table_row(total)}</tfoot>" if total else ""
    body = "".join(map(table_row, rows))
    return (f"<div class=\"scroll\"><table><caption>{safe(caption)}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody>{foot}</table></div>")


def table_row(cells: Sequence[str]) -> str:
    """A row; a cell of several lines becomes a list."""
    first, *others = cells
    return f"<tr><th scope=\"row\">{safe(first)}</th>{''.join(f'<td>{cell_text(cell)}</td>' for cell in others)}</tr>"


def cell_text(text: str) -> str:
    """The inside of a cell."""
    return bullets(text.split("\n")) if "\n" in text else prose(text)


def named_rows(caption: str, rows: Iterable[tuple[str, str]]) -> str:
    """A table of two columns, of which the first names the second."""
    body = "".join(f"<tr><th scope=\"row\">{safe(name)}</th><td>{prose(text)}</td></tr>" for name, text in rows)
    return f"<table class=\"rows\"><caption>{safe(caption)}</caption><tbody>{body}</tbody></table>"


def document(title: str, parts: Iterable[str], width: str = "") -> str:
    """A whole page of escaped parts; `width` is "wide" for wide tables."""
    body = "\n".join(parts)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{safe(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<main class="{width}">
{body}
</main>
</body>
</html>
"""
