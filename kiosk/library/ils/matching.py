"""Whether an answer belongs to a request: by its kind, its number, and the patron and item it is about."""

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
    """Whether two numbers are the same but for blanks, case and width: some servers look a number up regardless of these."""
    return _plain(asked) == _plain(answered)


def match(reply: Message, request: Message, number: int | None, *, server_numbers: bool) -> Match:
    """`number` is what went out with the request; `server_numbers`, whether this server repeats such numbers."""
    if reply.kind != LAYOUTS[request.kind].reply:
        return Match.FOREIGN
    certain = number is not None and reply.sequence == number
    if number is not None and not certain and (reply.sequence is not None or server_numbers):
        return Match.FOREIGN
    told = {code: reply.first(code) or "" for code in ("AA", "AB") if request.first(code) is not None}
    same = {code for code, value in told.items() if alike(request.first(code) or "", value)}
    other = {code for code, value in told.items() if value.strip()} - same
    # Without numbers all rests on what it is about; a refusal may leave the item out, a success may not.
    is_about = bool(same) and (same == set(told) or reply.fixed.get("ok") == "0")
    if not other and (certain or not told or is_about):
        return Match.ANSWER
    return Match.OTHER_PATRON if request.kind in _LOOK_UPS else Match.FOREIGN


def substance(reply: Message) -> tuple[object, ...]:
    """What an answer says, but for when it was said and under which number: the same twice, and it was no accident on the way."""
    fixed = {name: text for name, text in reply.fixed.items() if not name.endswith(("_date", "_sync"))}
    return (reply.kind, fixed, reply.fields)


def _plain(number: str) -> str:
    return "".join(unicodedata.normalize("NFKC", number).split()).casefold()
