"""The class secret, from which every student's hidden cases are drawn."""

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

SECRET_LENGTH = 64


def read_secret(path: Path) -> bytes:
    """The class secret: made on first use, readable by its owner alone; raises ValueError if it was lost or damaged."""
    if not path.exists():
        if any(path.parent.glob("verdicts/*/*.json")):
            raise ValueError(f"{path} is gone, and the marks in {path.parent / 'verdicts'} were made with it: restore "
                             "it from your backup. If there is none, move verdicts away and grade again: a new secret "
                             "is made, everything is graded anew with other traces, and marks can change")
        _write_secret(path)
    secret = path.read_bytes()
    if len(secret) != SECRET_LENGTH:
        raise ValueError(f"{path} does not hold a class secret: restore it from your backup.")
    return secret


def _write_secret(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(SECRET_LENGTH // 2))
    with contextlib.suppress(FileExistsError):   # another grader was first: its secret stands
        os.link(draft, path)
    draft.unlink()


def variant(secret: bytes, student: str, lesson: str) -> int:
    """The number, above zero, from which one student's hidden cases of one lesson are drawn."""
    digest = hmac.new(secret, f"{student}\0{lesson}".encode(), hashlib.sha256).digest()
    return 1 + int.from_bytes(digest[:6], "big")
