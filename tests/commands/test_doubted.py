"""Every command on a doubted store reports the doubt, and a script can detect it."""

from __future__ import annotations

import json
import shutil
import uuid
from pathlib import Path
from typing import Any

import pytest

from kiosk.config import Home, read_settings
from kiosk.domain.errors import Code
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation
from kiosk.equipment import key_place_of, open_repository
from kiosk.store.keys import KeyRecord
from kiosk.text import plain, say
from tests.support.commands.call import NUMBER

OTHER = LibraryCardNumber("2104067861")


def go_back(home: Home) -> None:
    """An older copy is put back."""
    copy = home.data.with_name("copy")
    shutil.copytree(home.data, copy)
    with open_repository(home, read_settings(home.config))[0] as store:
        store.save_link(uuid.uuid4(), LinkToken(b"w" * 32), OTHER, revocation=Revocation.GOOD)
    shutil.rmtree(home.data)
    copy.rename(home.data)


def put_another_there(home: Home) -> None:
    """A store with another identity, made with the same keys."""
    place = key_place_of(home, read_settings(home.config))
    anchor = place.anchor_path.read_bytes()
    record = place.store.load()
    assert record is not None
    home.store.unlink()
    place.anchor_path.unlink()
    place.store.save(KeyRecord(record.keys))
    with open_repository(home, read_settings(home.config))[0] as store:
        store.save_link(uuid.uuid4(), LinkToken(b"w" * 32), NUMBER, revocation=Revocation.GOOD)
    place.anchor_path.write_bytes(anchor)


def take_the_anchor(home: Home) -> None:
    key_place_of(home, read_settings(home.config)).anchor_path.unlink()


DOUBTS = {go_back: Code.STORE_BEHIND, put_another_there: Code.STORE_FORKED, take_the_anchor: Code.STORE_UNANCHORED}
TELLING = [
    ["links", "count"],
    ["links", "list"],
    ["stats"],
    ["stats", "--json"],
    ["audit", "list"],
    ["audit", "list", "--json"],
    ["audit", "verify"],
    ["recovery", "sheet"],
    ["recovery", "backup", "copies"],
    ["links", "unlink", NUMBER.text, "--reason", "lost"],
    ["links", "unlink", "2104067870", "--reason", "lost"],
]


@pytest.mark.parametrize("doubted", DOUBTS)
def test_every_command_that_tells_of_a_doubted_store_says_so(kiosk: Any, linked: Home, tmp_path: Path, doubted: Any) -> None:
    doubted(linked)
    sentence = plain(say(f"refusal.{DOUBTS[doubted]}.staff"))
    for command in TELLING:
        said = kiosk(*[str(tmp_path / word) if word == "copies" else word for word in command])
        assert (said.code, sentence in said.err) == (1, True), command
        assert sentence not in said.out
    assert json.loads(kiosk("stats", "--json").out)["doubt"] == DOUBTS[doubted].value
    (copy,) = (tmp_path / "copies").glob("*.db")
    assert "doubted" in copy.name


def test_of_a_store_in_order_nothing_of_the_kind_is_said(kiosk: Any, linked: Home, tmp_path: Path) -> None:
    for command in TELLING[:-2]:
        said = kiosk(*[str(tmp_path / word) if word == "copies" else word for word in command])
        assert (said.code, say("command.stored.doubted") in said.err) == (0, False), command
    assert json.loads(kiosk("stats", "--json").out)["doubt"] is None
    (copy,) = (tmp_path / "copies").glob("*.db")
    assert "doubted" not in copy.name
