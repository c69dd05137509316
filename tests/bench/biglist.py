"""Writes a revocation list of one of the demo's authorities. Usage: python -m tests.bench.biglist CARDS COUNT FILE"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk.smartcard.virtual.demo_cards import Deck
from tests.support.cards.malformed_der import big_list


def main() -> None:
    cards, count, file = sys.argv[1:]
    authority, now = Deck(Path(cards)).authority, datetime.now(UTC)
    serials = range(1 << 28, (1 << 28) + int(count))
    name = authority.certificate.subject.public_bytes()
    Path(file).write_bytes(big_list(authority.key, name, serials, now - timedelta(hours=1), now + timedelta(days=1)))


if __name__ == "__main__":
    main()
