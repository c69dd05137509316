"""The counts on the status page are refreshed when staff open it."""

from __future__ import annotations

import uuid
from pathlib import Path

from kiosk.domain.events import HomeChosen, StatusChosen
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation
from kiosk.smartcard.virtual.demo_cards import Deck
from tests.support.cards.readers import InProcess
from tests.support.counter.headless import HeadlessCounter, judge_for


def test_each_visit_to_the_status_counts_anew(tmp_path: Path) -> None:
    with HeadlessCounter(InProcess(), judge_for(Deck(demo=False)), tmp_path / "kiosk.db") as desk:
        for links in (1, 2):
            token = LinkToken(bytes([links]) * 32)
            desk.repository.save_link(uuid.uuid4(), token, LibraryCardNumber(f"1000002{links}"), revocation=Revocation.NOT_CHECKED)
            assert desk.counter.facts.finding("store").number("links") == (links - 1 or None)
            desk.say(StatusChosen())
            desk.until(lambda counter, links=links: desk.counter.facts.finding("store").number("links") == links)  # type: ignore[misc]
            desk.say(HomeChosen())
