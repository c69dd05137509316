"""Match answers to requests by kind, sequence number, patron and item."""

from __future__ import annotations

import unicodedata
from enum import Enum, unique

from kiosk.library.sip2 import LAYOUTS, Message

_LOOK_UPS = frozenset({"63", "23"})


@unique
class Match(Enum):
    ANSWER = "the answer to this request"
    OTHER_PATRON = "an answer to such a look-up, but with another library card number, or none"
    FOREIGN = "an answer to something else"


def alike(asked: str, answered: str) -> bool:
    """Whether two numbers are equal apart from blanks, case and width, which some servers ignore in look-ups."""
    return _plain(asked) == _plain(answered)


def match(reply: Message, request: Message, number: int | None, *, server_numbers: bool) -> Match:
    """Match a reply. `number` is the sequence number sent; `server_numbers`: whether this server echoes it."""
    if reply.kind != LAYOUTS[request.kind].reply:
        return Match.FOREIGN
    certain = number is not None and reply.sequence == number
    if number is not None and not certain and (reply.sequence is not None or server_numbers):
        return Match.FOREIGN
    told = {code: reply.first(code) or "" for code in ("AA", "AB") if request.first(code) is not None}
    same = {code for code, value in told.items() if alike(request.first(code) or "", value)}
    other = {code for code, value in told.items() if value.strip()} - same
    # Without sequence numbers only patron and item are left: a refusal may omit the item, a success may not.
    is_about = bool(same) and (same == set(told) or reply.verdict == "0")
    if not other and (certain or not told or is_about):
        return Match.ANSWER
    return Match.OTHER_PATRON if request.kind in _LOOK_UPS else Match.FOREIGN


def substance(reply: Message) -> tuple[object, ...]:
    """The content of an answer without dates and sequence number: if it repeats, it was not transmission damage."""
    fixed = {name: text for name, text in reply.fixed.items() if not name.endswith(("_date", "_sync"))}
    return (reply.kind, fixed, reply.fields)


def _plain(number: str) -> str:
    return "".join(unicodedata.normalize("NFKC", number).split()).casefold()
