"""The tray of virtual cards, which is there again at the next start."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from kiosk.smartcard.authority import Authority
from kiosk.smartcard.certificate import Certificate
from kiosk.smartcard.virtual.demo_cards import Deck


def test_the_tray_keeps_its_authority_keys_and_numbers(tmp_path: Path) -> None:
    first = Deck(tmp_path, lambda: datetime(2026, 11, 23, tzinfo=UTC))
    later = Deck(tmp_path, lambda: datetime(2028, 11, 23, tzinfo=UTC))
    assert first.authority.der == later.authority.der
    for name in ("fine", "about-to-expire"):
        one, other = (x509.load_der_x509_certificate(deck.card(name).certificate or b"") for deck in (first, later))
        assert (one.issuer, one.serial_number, one.public_key()) == (other.issuer, other.serial_number, other.public_key())
    assert Certificate(later.card("about-to-expire").certificate or b"").ends > datetime(2028, 11, 23, tzinfo=UTC)
    assert Authority(later.authority.der).issued(Certificate(first.card("fine").certificate or b""))
    assert sys.platform == "win32" or all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.glob("*.pem"))
