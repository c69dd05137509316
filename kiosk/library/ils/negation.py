"""Decide whether a server's text asserts something or negates it, which a keyword alone does not show.

Keywords count if their clause has no other negation. "Not on hold" is no hold; "on hold, no checkout" is one.
"""

from __future__ import annotations

import re

_BETWEEN = re.compile(r"[。、，,;；!！\n]|\.(?:\s|$)|\bbut\b|\bbecause\b|(?:(?<=ません)|(?<=です)|(?<=ます))が|(?:ため|ので)に?|--")
_DENIAL = re.compile(
    # The refusal itself is known and does not negate its reason.
    r"(?:貸出し?|貸し出し|貸出延長|延長|更新|利用|手続き?)?[をはがも]?(?:する)?(?:こと)?[がは]?(?:でき|出来)(?:ません|ない)"
    r"|\b(?:can ?not|can't|may not|must not) be (?:checked out|charged|issued|loaned|lent|borrowed|renewed)\b"
    r"|\bnot (?:available|possible|allowed|permitted)\b|\bno (?:check ?outs?|loans?|renewals?|circulation)\b",
    re.IGNORECASE,
)
_NO = re.compile(
    r"ません|ない|なく|なし|無[しいく]|(?<![0-9０-９])[0０](?:件|点|冊|円)"
    r"|\b(?:not|no|non|none|nobody|never|neither|nor|without|cannot|zero|0)\b|n't\b",
    re.IGNORECASE,
)


def says(said: str, words: re.Pattern[str]) -> bool:
    """Whether `words` match in a clause without negation; a negation inside the match itself does not count."""
    return any(_says(clause, words) for clause in _BETWEEN.split(said))


def _says(clause: str, words: re.Pattern[str]) -> bool:
    found = words.search(clause)
    if found is None:
        return False
    around = f"{clause[: found.start()]} {clause[found.end() :]}"
    return _NO.search(_DENIAL.sub(" ", around)) is None
