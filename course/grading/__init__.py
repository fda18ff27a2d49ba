"""Grading: a learner's kernel answers, and everything that decides is in another process."""

import sys
from typing import Any

UNUSED: Any = None
sys.modules.setdefault("rfc3987_syntax", UNUSED)    # a grammar of addresses that notebooks need not, slow to load
