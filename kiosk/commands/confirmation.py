"""Questions for a person at a terminal, never for a script."""

from __future__ import annotations

import sys

_YES = {"はい", "yes", "y"}


def somebody_is_there() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def answer_to(question: str) -> str:
    """The line typed; empty at end of input (Ctrl-D). Asked on stderr, since the output may be redirected to a file."""
    print(question, end=" ", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def agrees(question: str) -> bool:
    return answer_to(question).lower() in _YES
