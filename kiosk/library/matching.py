"""Whether an answer belongs to a request: by its kind, its number, and the patron and item it is about."""

from __future__ import annotations

import unicodedata

from kiosk.library.sip2 import LAYOUTS, Message

_LOOK_UPS = frozenset({"63", "23"})


def alike(asked: str, answered: str) -> bool:
    """Whether two numbers are the same but for blanks, case and width: some servers look a number up regardless of these."""
    return _plain(asked) == _plain(answered)


def answers(reply: Message, request: Message, number: int | None, *, server_numbers: bool) -> bool:
    """`number` is what went out with the request; `server_numbers`, whether this server repeats such numbers.

    A patron look-up that is certainly answered, but with another library card number, is an answer: its reader has to compare.
    """
    if reply.kind != LAYOUTS[request.kind].reply:
        return False
    certain = number is not None and reply.sequence == number
    if number is not None and not certain and (reply.sequence is not None or server_numbers):
        return False
    told = {code: reply.first(code) or "" for code in ("AA", "AB") if request.first(code) is not None}
    same = {code for code, value in told.items() if alike(request.first(code) or "", value)}
    other = {code for code, value in told.items() if value.strip()} - same
    if other:
        return certain and other == {"AA"} and request.kind in _LOOK_UPS
    if certain or not told:
        return True
    # Without numbers all rests on what it is about; a refusal may leave the item out, a success may not.
    return bool(same) and (same == set(told) or reply.fixed.get("ok") == "0")


def substance(reply: Message) -> tuple[object, ...]:
    """What an answer says, but for when it was said and under which number: the same twice, and it was no accident on the way."""
    fixed = {name: text for name, text in reply.fixed.items() if not name.endswith(("_date", "_sync"))}
    return (reply.kind, fixed, reply.fields)


def _plain(number: str) -> str:
    return "".join(unicodedata.normalize("NFKC", number).split()).casefold()
