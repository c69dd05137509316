"""SIP2 dialects: what the protocol leaves open, and what each library system does differently.

Based on observation of running servers and on vendors' documentation; the library's own settings take precedence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from kiosk.config.settings import Ils, IlsSettings
from kiosk.domain.circulation import Stop
from kiosk.library.ils.refusal_phrases import JAPANESE_AND_ENGLISH, KOHA, Wording

_STOPPING = frozenset(Stop) - {Stop.RECALL_DENIED, Stop.TOO_MANY_RENEWALS, Stop.TOO_MANY_CLAIMS}
"""Evergreen denies recalls to everybody; exhausted renewals and claimed returns block no loan."""

_EXPIRED = (
    # 「予約の取置期限切れ」 and "hold expired" are about something else.
    r"(?:カード|利用券|利用証|利用者証|利用者|登録|有効)の?(?:有効)?期限[がはを]?(?:既に|すでに)?(?:切|過ぎ|経過|満了)",
    r"\b(?:patron|card|account|registration|membership|privileges?)(?: has| have| is| was)? expired\b",
)
_DAY = r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2})"


@dataclass(frozen=True, slots=True)
class Profile:
    """One dialect. Patterns are searched, case-insensitively, in the screen message (AF)."""

    encoding: str = "utf-8"
    sends_terminal_password: bool = True
    """Send an empty AC: some servers require the field."""
    sends_patron_password: bool = False
    """Send an empty AD. Koha treats it as a wrong PIN and refuses holds, so the default is to omit it."""
    expiry_field: str = ""
    """The field with the last valid day of a library card. Its meaning varies between systems, so there is no default."""
    expired_field: str = ""
    """The field that is Y for an expired library card."""
    expired_words: tuple[re.Pattern[str], ...] = tuple(re.compile(words, re.IGNORECASE) for words in _EXPIRED)
    last_day_words: tuple[re.Pattern[str], ...] = ()
    """The first group is the last valid day of the library card."""
    greeting: re.Pattern[str] | None = None
    """Text sent to everybody, which carries no information."""
    stops: frozenset[Stop] = _STOPPING
    hold_type: str = "2"
    """BY: any copy of the title."""
    counts_ready_holds: bool = True
    """Whether the hold items count of a 64 covers only available holds, as the separate count of unavailable ones suggests."""
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
    # Counts all holds, as recorded from a running server.
    Ils.EVERGREEN: Profile(expiry_field="PA", counts_ready_holds=False),
    Ils.POLARIS: Profile(expiry_field="PX", expired_field="PY"),
}


def profile_of(settings: IlsSettings) -> Profile:
    """The dialect of the configured system, with the library's own settings applied."""
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
