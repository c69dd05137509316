"""A counter of the demo joins its library's server, as `kiosk enrol` does."""

from __future__ import annotations

from kiosk.domain.counter_secret import fresh_secret
from kiosk.domain.enrolment_code import EnrolmentCode
from kiosk.program_version import program_version
from kiosk.store.sync.credentials import Credentials
from kiosk.store.sync.enrolment import enrol, named_by, shown_by
from kiosk.store.sync.server_url import ServerUrl


def enrolled(address: str, typed: str) -> Credentials:
    """Enrol with a code. Returns what sync needs; the site key is known already. Raises KioskError."""
    url, code, secret = ServerUrl.parse(address), EnrolmentCode.parse(typed), fresh_secret()
    authority = named_by(code, shown_by(url))
    enrol(url, authority, code, secret)
    return Credentials(secret, authority, program_version())
