"""What can be wrong with the archive itself: paths, links, bombs, and names that are taken for somebody else's."""

import io
import stat
import zipfile
import zlib
from collections.abc import Callable
from typing import NamedTuple

from .form import LESSON, WRONG, Handout, cell, edited, handed_in

HERE = f"{LESSON}.ipynb"
ZEROS = bytes(21_000_000)


class Entry(NamedTuple):
    """One entry of the archive, as it stands there."""

    path: str
    content: bytes
    mode: int = stat.S_IFREG | 0o644


class Odd(NamedTuple):
    """An entry, and what must come of it."""

    path: str
    content: Callable[[Handout], bytes]
    fate: str
    says: str           # words of the problem
    mode: int

    def entry(self, handout: Handout) -> Entry:
        """The entry as it stands in the archive."""
        return Entry(self.path, self.content(handout), self.mode)


GRADED, REFUSED, IGNORED = "graded", "refused", "ignored"


def solved(handout: Handout) -> bytes:
    return handed_in(handout.solved)[HERE]


def wrong(handout: Handout) -> bytes:
    """A notebook that nobody wants to have for one's own."""
    return edited(handout, lambda notebook: cell(notebook, "1C-answer").update(source=WRONG))[HERE]


def refused(path: str, says: str, content=solved, mode=stat.S_IFREG | 0o644) -> Odd:
    """An entry that becomes an error with these words."""
    return Odd(path, content, REFUSED, says, mode)


def graded(path: str, content=solved) -> Odd:
    """An entry that becomes a submission."""
    return Odd(path, content, GRADED, "", stat.S_IFREG | 0o644)


def ignored(path: str, content) -> Odd:
    """An entry that becomes nothing at all."""
    return Odd(path, content, IGNORED, "", stat.S_IFREG | 0o644)


def archive(*entries: tuple[str, bytes]) -> bytes:
    """A zip with these files."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for path, content in entries:
            file.writestr(path, content)
    return held.getvalue()


def nested(handout: Handout) -> bytes:
    return archive(("in.zip", archive(("in.zip", archive((HERE, solved(handout)))))))


def damaged(handout: Handout) -> bytes:
    """A zip whose data do not fit its checksums."""
    whole = bytearray(archive((HERE, solved(handout))))
    whole[200:220] = bytes(20)
    return bytes(whole)


ODD = (
    refused("../../slip/a.ipynb", "outside"),
    refused("/absolute/a.ipynb", "outside"),
    refused("..", "outside"),
    refused("..\\..\\backslash\\a.ipynb", "outside"),
    refused("C:\\drive\\a.ipynb", "outside"),
    refused("inside/x/../../../up/a.ipynb", "outside"),
    refused("link/a.ipynb", "link", lambda handout: b"/etc/passwd", stat.S_IFLNK | 0o777),
    refused("zeros/a.ipynb", "larger", lambda handout: ZEROS),
    refused("bomb/a.zip", "larger", lambda handout: archive(("a.ipynb", ZEROS))),
    refused("many/a.zip", "files", lambda handout: archive(*((f"{n}.ipynb", b"") for n in range(5000)))),
    refused("nested/a.zip", "zip inside", nested),
    refused("damaged/a.zip", "taken out", damaged),
    refused("no_zip/a.zip", "zip", lambda handout: b"PK\3\4" + zlib.compress(b"x" * 1000)),
    refused("slip_inside/a.zip", "outside", lambda handout: archive(("../../../a.ipynb", solved(handout)))),
    refused("text_only/answer.docx", "No notebook", lambda handout: b"x"),
    graded("good_zip/a.zip", lambda handout: archive(("homework/" + HERE, solved(handout)))),
    graded("<script>alert(14)<script>/a.ipynb"),
    graded("=cmd|' 'C calc'!A0/a.ipynb"),
    graded("-2+3/a.ipynb"),
    graded("two\nlines/a.ipynb"),
    graded("u\u202eterces/a.ipynb"),
    graded(f"{'long' * 60}/a.ipynb"),
    graded("Caf\u00e9/a.ipynb"),
    graded("Cafe\u0301/a.ipynb"),
    graded("instructor/a.ipynb"),
    graded("grades.csv/a.ipynb"),
    graded("\u0430aron/a.ipynb"),      # with a Cyrillic letter, not the first of Aaron's
    # What mallory calls like the files and folders of others stays hers:
    graded("mallory/aaron_1_assignsubmission_file_a.ipynb", wrong),
    graded("mallory/aaron_4711_1_a.ipynb", wrong),
    graded("mallory/aaron/01-attacked/01-attacked.ipynb", wrong),
    graded("mallory/01-attacked/aaron_1_assignsubmission_file_/a.ipynb", wrong),
    ignored("aaron/__MACOSX/._01-attacked.ipynb", lambda handout: b"\0"),
    ignored("aaron/.ipynb_checkpoints/01-attacked-checkpoint.ipynb", wrong),
    ignored("aaron/timestamp.txt", lambda handout: b"the day before yesterday"),
    ignored("aaron/gradebook.db", lambda handout: b"SQLite format 3\0"),
    ignored("aaron/course/__init__.py", lambda handout: b"raise SystemExit"),
    ignored("aaron/nbgrader_config.py", lambda handout: b"raise SystemExit"),
)
# What no page shows tells these apart: marks of no width, kinds of blanks, and the sign that stands for them.
LOOK_ALIKE = (("bob\u200b", "bob\u200c"), ("Ann\u00a0Lee", "Ann\u3000Lee"), ("bob?", "bob\u200b"))
