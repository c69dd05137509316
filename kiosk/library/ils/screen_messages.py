"""What a server says in words, and what it says something costs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from kiosk.library.ils.profile import Profile
from kiosk.library.sip2 import Message

_AMOUNT = re.compile(r"(?P<before>[¥\\]|[A-Z]{3})? ?(?P<amount>[0-9][0-9.,]{0,14}) ?(?P<after>円|[A-Z]{3})?")
_YEN = {"¥": "JPY", "\\": "JPY", "円": "JPY"}
"""In the encodings of Japan the backslash is the sign of the yen."""
_CURRENCY = re.compile(r"[A-Z]{3}")


def is_told(text: str) -> bool:
    """Whether the field of a date or a sum says anything: blanks, zeros and signs between them stand where there is none."""
    return bool(text.strip(" 0-/.,:"))


def said_in(reply: Message, profile: Profile) -> str:
    """What the server says to staff (AF), a line each, without what it says to everybody.

    What it would have printed (AG) counts where it says nothing: it mostly says the same again.
    """
    return _lines(_without_greeting(reply.all("AF"), profile)) or _lines(_without_greeting(reply.all("AG"), profile))


def said_of_item(reply: Message, profile: Profile) -> str:
    """The same, and what the server keeps about the item (CH), a disc that belongs to it for example."""
    return _lines([said_in(reply, profile), *reply.all("CH")])


def fee_in(reply: Message) -> str:
    """Amount and currency (BV, BH), of what is owed or of what an item costs; empty where that is nothing, or cannot be read."""
    return _fee(reply) or ""


def unread_fee_in(reply: Message) -> str:
    """The same as it was sent, where it cannot be read as a sum: for staff, as the server's words."""
    sent = " ".join((reply.first("BV") or "").split())
    currency = (reply.first("BH") or "").strip()
    return f"{sent} {currency}".strip() if is_told(sent) and _fee(reply) is None else ""


def with_words(said: str, *more: str) -> str:
    """What was said and more of it, each line once."""
    return _lines([said, *more])


def _fee(reply: Message) -> str | None:
    """None where there is no sum that can be read."""
    amount, currency = (unicodedata.normalize("NFKC", reply.first(code) or "").strip() for code in ("BV", "BH"))
    found = _AMOUNT.fullmatch(amount)
    if found is None:
        return None
    currencies = {_YEN.get(sign, sign) for name in ("before", "after") if (sign := found[name])}
    currencies |= {currency} if _CURRENCY.fullmatch(currency) else set()
    if len(currencies) > 1:
        return None
    return " ".join([found["amount"], *currencies]) if is_told(found["amount"]) else ""


def _without_greeting(texts: Iterable[str], profile: Profile) -> list[str]:
    return [text if profile.greeting is None else profile.greeting.sub("", text) for text in texts]


def _lines(texts: Iterable[str]) -> str:
    """Each line once."""
    lines = (line.strip() for text in texts for line in text.splitlines())
    return "\n".join(dict.fromkeys(filter(None, lines)))
