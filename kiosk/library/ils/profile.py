"""How each library system speaks SIP2: what the protocol leaves open, and what that system does its own way.

What is known was seen on running servers or read in what their makers publish; a setting of the library's own goes before it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from kiosk.config.settings import Ils, IlsSettings
from kiosk.domain.circulation import Stop
from kiosk.domain.dataclass import dataclass
from kiosk.library.ils.refusal_phrases import JAPANESE_AND_ENGLISH, KOHA, Wording

_STOPPING = frozenset(Stop) - {Stop.RECALL_DENIED, Stop.TOO_MANY_RENEWALS, Stop.TOO_MANY_CLAIMS}
"""Recalls are denied to everybody by Evergreen; used-up renewals and claimed returns stop no loan."""

_EXPIRED = (
    # 「予約の取置期限切れ」 and "hold expired" are about something else.
    r"(?:カード|利用券|利用証|利用者証|利用者|登録|有効)の?(?:有効)?期限[がはを]?(?:既に|すでに)?(?:切|過ぎ|経過|満了)",
    r"\b(?:patron|card|account|registration|membership|privileges?)(?: has| have| is| was)? expired\b",
)
_DAY = r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2})"


@dataclass(frozen=True, slots=True)
class Profile:
    """One way of speaking. Patterns are looked for in what the server says to staff (AF), whatever its case."""

    encoding: str = "utf-8"
    sends_terminal_password: bool = True
    """AC, empty: some servers demand the field."""
    sends_patron_password: bool = False
    """AD, empty. Koha takes that for a wrong PIN and refuses holds, so that it is left out wherever nothing else is known."""
    expiry_field: str = ""
    """The field with the last day of a library card; its meaning differs from system to system, so that none is taken for granted."""
    expired_field: str = ""
    """The field that says Y for an expired library card."""
    expired_words: tuple[re.Pattern[str], ...] = tuple(re.compile(words, re.IGNORECASE) for words in _EXPIRED)
    last_day_words: tuple[re.Pattern[str], ...] = ()
    """Their first group is the last day of a library card."""
    greeting: re.Pattern[str] | None = None
    """What is said to everybody, and so tells nothing."""
    stops: frozenset[Stop] = _STOPPING
    hold_type: str = "2"
    """BY: any copy of the title."""
    counts_ready_holds: bool = True
    """Whether the hold items of a 64 are those that can be had now, as the protocol's own column for the others suggests."""
    wordings: tuple[Wording, ...] = JAPANESE_AND_ENGLISH


_PROFILES: dict[Ils, Profile] = {
    Ils.KOHA: Profile(
        expired_words=tuple(
            re.compile(words, re.IGNORECASE) for words in (*_EXPIRED, r"\bexpired as of\b", r"\bissue failed ?: ?expired\b")
        ),
        last_day_words=tuple(re.compile(words + _DAY, re.IGNORECASE) for words in (r"\bwill expire on ", r"\bexpired as of ")),
        greeting=re.compile(r"Greetings from Koha\.(?: *-- *)?"),
        wordings=(*KOHA, *JAPANESE_AND_ENGLISH),
    ),
    # It counts all holds there, as recorded.
    Ils.EVERGREEN: Profile(expiry_field="PA", counts_ready_holds=False),
    Ils.POLARIS: Profile(expiry_field="PX", expired_field="PY"),
}


def profile_of(settings: IlsSettings) -> Profile:
    """The profile of the library's system, with what the library has set itself."""
    profile = _PROFILES.get(settings.system, Profile())
    sent = {"absent": False, "empty": True}
    return replace(
        profile,
        encoding=profile.encoding if settings.encoding == "auto" else settings.encoding,
        sends_terminal_password=sent.get(settings.terminal_password, profile.sends_terminal_password),
        sends_patron_password=sent.get(settings.patron_password, profile.sends_patron_password),
        expiry_field=settings.expiry_field or profile.expiry_field,
        stops=frozenset(settings.stops) or profile.stops,
    )
