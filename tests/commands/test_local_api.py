"""kiosk local-api: who may ask for numbers. A token is shown once, and only its hash is kept."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from kiosk.config import Home, read_settings
from kiosk.domain.local_client import TOKEN, token_hash
from kiosk.equipment import open_repository


def clients(home: Home) -> list[tuple[str, str, tuple[str, ...]]]:
    repository, _ = open_repository(home, read_settings(home.config))
    with repository:
        return [(client.name, client.hash, client.origins) for client in repository.local_clients()]


def test_a_token_is_shown_once_and_its_hash_kept(kiosk: Any, home: Home) -> None:
    said = kiosk("local-api", "add", "lib-web", "--origin", "HTTPS://Lib.Example.jp/", "--origin", "http://10.0.0.7:8080")
    (token,) = re.findall(TOKEN, said.out)
    assert (said.code, said.err) == (0, "")
    assert "[local_api]" in said.out
    assert clients(home) == [("lib-web", token_hash(token), ("https://lib.example.jp", "http://10.0.0.7:8080"))]
    assert kiosk("local-api", "add", "lib-client").code == 0
    listed = kiosk("local-api", "list")
    assert listed.out.splitlines() == ["lib-web\thttps://lib.example.jp http://10.0.0.7:8080", "lib-client\tプログラム(ブラウザーではない)"]
    for path in home.folder.rglob("*"):
        assert path.is_dir() or token.encode() not in path.read_bytes()


def test_adding_and_revoking_stand_in_the_trail(kiosk: Any, home: Home) -> None:
    kiosk("local-api", "add", "lib-web")
    assert kiosk("local-api", "revoke", "lib-web").code == 0
    assert clients(home) == []
    assert kiosk("local-api", "list").err
    rows = [json.loads(line) for line in kiosk("audit", "list", "--json").out.splitlines()]
    assert [(row["act"], row["reason"]) for row in rows] == [("client-added", "lib-web"), ("client-revoked", "lib-web")]
    assert "引き渡す相手の登録\tlib-web" in kiosk("audit", "list").out


@pytest.mark.parametrize(
    "said_to_it",
    ["add lib/web", "add lib --origin lib.example.jp", "add lib --origin *", "revoke -", "add", "show"],
)
def test_what_is_no_name_or_origin_is_said_and_changes_nothing(kiosk: Any, home: Home, said_to_it: str) -> None:
    said = kiosk("local-api", *said_to_it.split())
    assert said.code == 2
    assert said.err
    assert not home.has_store()


def test_a_name_is_taken_once_and_revoked_once(kiosk: Any, home: Home) -> None:
    assert kiosk("local-api", "add", "lib").code == 0
    before = clients(home)
    again = kiosk("local-api", "add", "lib")
    assert (again.code, "もう登録されています" in again.err, re.search(TOKEN, again.out)) == (1, True, None)
    assert clients(home) == before
    other = kiosk("local-api", "revoke", "other")
    assert (other.code, "登録されていません" in other.err) == (1, True)


def test_there_are_twenty_at_most(kiosk: Any) -> None:
    assert [kiosk("local-api", "add", f"lib-{number}").code for number in range(21)] == [0] * 20 + [1]
