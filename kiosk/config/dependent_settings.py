"""Settings required by other settings of their section. Each has a message `command.why.config-invalid.<reason>`."""

from __future__ import annotations

from kiosk.config.settings import Ils, MaxAge, RevocationSource
from kiosk.config.settings_file import Need
from kiosk.domain.rules import CheckDigit
from kiosk.domain.states import HandoverWhen

_TEXT = '"…"'
_ASCII = '"A-Z a-z 0-9"'
_SCHEMES = " | ".join(f'"{kind}"' for kind in CheckDigit if kind is not CheckDigit.NONE)

NEEDS: tuple[Need, ...] = (
    Need(
        "card",
        "crl_max_age",
        "revocation",
        '1 … 8760 | "unlimited"',
        "crl-max-age",
        lambda card: card.revocation is RevocationSource.CRL and card.crl_max_age is MaxAge.UNDECIDED,
    ),
    Need("ils", "host", "system", _TEXT, "ils-host", lambda ils: ils.system is not Ils.NONE and not ils.host.strip()),
    Need("ils", "user", "login", _ASCII, "ils-user", lambda ils: ils.system is not Ils.NONE and ils.login == "93" and not ils.user),
    Need(
        "handover",
        "title",
        "when",
        _TEXT,
        "handover-title",
        # An empty title matches every window: the number would go to whatever is in front.
        lambda handover: handover.when is not HandoverWhen.OFF and not handover.title.strip() and not handover.target,
    ),
    Need(
        "library_card",
        "check_digit",
        "drop_check_digit",
        _SCHEMES,
        "check-digit",
        lambda card: card.drop_check_digit and card.check_digit is CheckDigit.NONE,
    ),
)
