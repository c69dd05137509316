"""The server's status (98) promises what the server does."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.demo.ils import KOHA, LibraryServer
from kiosk.library.ils.changes import NEEDED
from kiosk.library.sip2 import LAYOUTS, SUPPORTED_MESSAGES, Message, encode
from tests.demo.ils.conftest import Serve
from tests.support.ils.raw_sip2_client import STAMP, Wire, values


def test_the_status_lists_what_is_answered(serve: Serve, dial: Callable[[LibraryServer], Wire]) -> None:
    server = serve(KOHA)
    [marks] = values(dial(server).ask("9900802.00"), "BX")

    def answer(kind: str) -> str:
        fixed = {part.name: STAMP if part.is_date else " " * part.width for part in LAYOUTS[kind].fixed}
        return dial(server).ask(encode(Message(kind, fixed)).decode().removesuffix("\r"))[:2]

    answers = {kind: answer(kind) for kind in SUPPORTED_MESSAGES}
    offered = {kind for kind, mark in zip(SUPPORTED_MESSAGES, marks, strict=True) if mark == "Y"}
    assert offered == {kind for kind in answers if answers[kind] != "96"}
    assert [kind for kind in NEEDED if answers[kind] != LAYOUTS[kind].reply] == []
