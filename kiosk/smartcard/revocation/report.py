"""The state of the lists and their files as stable keywords, for `doctor` and the windows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk.smartcard.revocation.crl import Verdict
from kiosk.smartcard.revocation.folder import CrlFolder, ListFacts, Use
from kiosk.smartcard.revocation.status import RevocationStatus


@dataclass(frozen=True, slots=True)
class Report:
    """The state of the revocation lists, for the checks and for `kiosk trust list`."""

    outcome: str
    """missing: no list; too-old: no card is accepted; partly: some cards are refused; stale: some are accepted unchecked. If all lists are
    current: unlimited (`crl_max_age` sets no limit), files (see `files`), fresh.
    """
    count: int
    """Number of lists in use."""
    numbers: int
    until: datetime | None
    """The earliest nextUpdate."""
    files: tuple[tuple[str, str], ...]
    """Files that need attention, and why: a verdict, `went-back`, or an exposure; for the folder itself `no-folder`."""


def report(lists: CrlFolder, now: datetime) -> Report:
    held = [one for one in lists.held if one.numbers is not None and one.head.signer in lists.signers]
    ends = [one.head.ends for one in held if one.head.ends is not None and one.head.is_for_people]
    files = tuple((facts.file, why) for facts in lists.facts() for why in _whys(facts))
    if lists.unseen:
        files = ((lists.unseen, "no-folder"), *files)
    return Report(
        _outcome(lists, now, bool(held), bool(files)), len(held), sum(one.head.count for one in held), min(ends, default=None), files
    )


def _outcome(lists: CrlFolder, now: datetime, held: bool, files: bool) -> str:
    standings = lists.standings(now)
    if not held:
        return "missing"
    if RevocationStatus.TOO_OLD in standings:
        return "too-old" if standings == {RevocationStatus.TOO_OLD} else "partly"
    if RevocationStatus.STALE in standings:
        return "stale"
    if lists.is_unlimited:
        return "unlimited"
    return "files" if files else "fresh"


def _whys(facts: ListFacts) -> list[str]:
    why = [] if facts.verdict is Verdict.READ else [facts.verdict.value]
    if facts.use is Use.WENT_BACK:
        why.append("went-back")
    if facts.exposure is not None:
        why.append(facts.exposure.value)
    return why
