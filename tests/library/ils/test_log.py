"""The log of the exchange with the library system: requests and their results, without personal data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kiosk.config import LogSettings
from kiosk.domain.circulation import Item
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.model import Service
from kiosk.log import kept_in
from tests.support.ils.scripted_server import BOOK, LENT, NUMBER, PATRON, TITLE, Station, answering, client_of, hang_up, refused

PERSONAL = PATRON + "BD中央市本町1-2-3|BEhanako@example.jp|BF03-0000-0000|PB19800401|PIN6789|AF山田さんへ|AG山田様|"
NEEDLES = [NUMBER.text, BOOK, "1100000000033", TITLE, "山田", "花子", "本町", "hanako", "03-0000", "19800401", "6789", "kioskpwd", "kiosk|"]


def written(folder: Path, level: str) -> str:
    kind, no = refused(Service.RENEWAL, "Item not checked out to 花子 山田")
    talk = answering(
        {"63": PERSONAL, "11": LENT, kind: no, "15": hang_up, "17": "18040201" + "20261123    185033" + f"AB{BOOK}|AJ{TITLE}|"}
    )
    with kept_in(folder, LogSettings(level=level)), Station(talk, answering({"63": None}), answering({"93": "940"})) as station:
        with client_of(station.port, answer_seconds=0.5) as client:
            client.patron(NUMBER)
            client.sight(NUMBER)
            client.serve(Service.LOAN, NUMBER, Item(BOOK))
            client.serve(Service.RENEWAL, NUMBER, Item(BOOK))
            client.serve(Service.HOLD, NUMBER, Item(BOOK))
            with pytest.raises(Unavailable):
                client.loans(NUMBER)
            client.reconnect()
        with Station(answering({"63": PERSONAL.replace("BLY", "BLN")})) as other, client_of(other.port) as client:
            with pytest.raises(Refused, match=Code.LIBRARY_CARD_STOPPED.value):
                client.patron(NUMBER)
    return (folder / "kiosk.log").read_text("utf-8")


@pytest.mark.parametrize("level", ["info", "debug"])
def test_nothing_of_anybody_is_written(tmp_path: Path, level: str) -> None:
    text = written(tmp_path, level)
    assert [needle for needle in NEEDLES if needle in text] == []


def test_what_was_asked_and_how_it_went_is_written(tmp_path: Path) -> None:
    text = written(tmp_path, "info")
    for line in (
        r"INFO kiosk\.library\.ils\.connection connected in \d+\.\d\d s",
        r"INFO kiosk\.library\.ils\.client loan: done \(\) in \d+\.\d\d s",
        r"INFO kiosk\.library\.ils\.client renewal: refused \(not-on-loan\) in \d+\.\d\d s",
        r"WARNING kiosk\.library\.ils\.connection answer to 15 lost: closed by the server",
        r"INFO kiosk\.library\.ils\.client hold: unknown \(lost-answer\) in \d+\.\d\d s",
        r"WARNING kiosk\.library\.ils\.backoff ils-unreachable: no answer within the time; next attempt in \d+ s",
        r"WARNING kiosk\.library\.ils\.backoff ils-login-lost: login refused; next attempt in 2 s",
    ):
        assert re.search(line, text), line


def test_details_show_kinds_and_lengths(tmp_path: Path) -> None:
    text = written(tmp_path, "debug")
    assert re.search(r"> 63\S*.*AOKENRITSU\|AA\*11\|AC\*0\|", text)
    assert re.search(r"< 12\S*.*AB\*13\|AJ\*7\|AH20261207 {4}235900\|", text)
    assert re.search(r"> 93.*CN\*5\|CO\*8\|", text)
