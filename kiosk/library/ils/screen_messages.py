"""Free text and amounts in a server's answers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from kiosk.library.ils.profile import Profile
from kiosk.library.sip2 import Message

_AMOUNT = re.compile(r"(?P<before>[¥\\]|[A-Z]{3})? ?(?P<amount>[0-9][0-9.,]{0,14}) ?(?P<after>円|[A-Z]{3})?")
_YEN = {"¥": "JPY", "\\": "JPY", "円": "JPY"}
"""Japanese encodings show the backslash as a yen sign."""
_CURRENCY = re.compile(r"[A-Z]{3}")


def is_told(text: str) -> bool:
    """Whether a date or amount field has content: blanks, zeros and separators stand for "none"."""
    return bool(text.strip(" 0-/.,:"))


def said_in(reply: Message, profile: Profile) -> str:
    """The screen message (AF), one line each, without greetings; the print line (AG) only if there is none, since it mostly repeats AF."""
    return _lines(_without_greeting(reply.all("AF"), profile)) or _lines(_without_greeting(reply.all("AG"), profile))


def said_of_item(reply: Message, profile: Profile) -> str:
    """The same, followed by the item properties (CH), such as an accompanying disc."""
    return _lines([said_in(reply, profile), *reply.all("CH")])


def fee_in(reply: Message) -> str:
    """Amount and currency (BV, BH) of what is owed or charged; empty if zero or unreadable."""
    return _fee(reply) or ""


def unread_fee_in(reply: Message) -> str:
    """The fee as sent, if it cannot be parsed: shown to staff as the server's own words."""
    sent = " ".join((reply.first("BV") or "").split())
    currency = (reply.first("BH") or "").strip()
    return f"{sent} {currency}".strip() if is_told(sent) and _fee(reply) is None else ""


def with_words(said: str, *more: str) -> str:
    """Join texts, dropping repeated lines."""
    return _lines([said, *more])


def _fee(reply: Message) -> str | None:
    """The fee; empty if zero, None if it cannot be parsed."""
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
    """The distinct lines, joined."""
    lines = (line.strip() for text in texts for line in text.splitlines())
    return "\n".join(dict.fromkeys(filter(None, lines)))
