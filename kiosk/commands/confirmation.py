"""What only a person can answer: asked at a terminal, never of a script."""

from __future__ import annotations

import sys

_YES = {"はい", "yes", "y"}


def somebody_is_there() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def answer_to(question: str) -> str:
    """What is typed; nothing where the end of the input is (Ctrl-D). Asked beside the output, which may go into a file."""
    print(question, end=" ", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def agrees(question: str) -> bool:
    return answer_to(question).lower() in _YES
