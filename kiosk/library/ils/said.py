"""What a server says in words, and what it says something costs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kiosk.library.ils.profile import Profile
from kiosk.library.sip2 import Message

_AMOUNT = re.compile(r"(?=.*[1-9])[0-9][0-9.,]{0,14}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def is_told(text: str) -> bool:
    """Whether the field of a date says anything: blanks, zeros and signs between them stand where there is none."""
    return bool(text.strip(" 0-/.:"))


def said_in(reply: Message, profile: Profile) -> str:
    """What the server says to staff (AF), a line each, without what it says to everybody.

    What it would have printed (AG) counts where it says nothing: it mostly says the same again.
    """
    return _lines(_without_greeting(reply.all("AF"), profile)) or _lines(_without_greeting(reply.all("AG"), profile))


def said_of_item(reply: Message, profile: Profile) -> str:
    """The same, and what the server keeps about the item (CH), a disc that belongs to it for example."""
    return _lines([said_in(reply, profile), *reply.all("CH")])


def fee_in(reply: Message) -> str:
    """Amount and currency (BV, BH), of what is owed or of what an item costs; empty where that is nothing, or no amount."""
    amount, currency = ((reply.first(code) or "").strip() for code in ("BV", "BH"))
    if not _AMOUNT.fullmatch(amount):
        return ""
    return f"{amount} {currency}" if _CURRENCY.fullmatch(currency) else amount


def _without_greeting(texts: Iterable[str], profile: Profile) -> list[str]:
    return [text if profile.greeting is None else profile.greeting.sub("", text) for text in texts]


def _lines(texts: Iterable[str]) -> str:
    """Each line once."""
    lines = (line.strip() for text in texts for line in text.splitlines())
    return "\n".join(dict.fromkeys(filter(None, lines)))
