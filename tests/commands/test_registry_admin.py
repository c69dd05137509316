"""kiosk registry admin, as typed: administrators of the status page are added, listed, reset and removed."""

from __future__ import annotations

import base64
import json
import re
import time
from pathlib import Path

import pytest

from kiosk.config.registry_home import RegistryHome
from kiosk.registry.status.administrators import Administrators, Asked, LoggedIn
from kiosk.registry.status.one_time_codes import code_at
from kiosk.text import say
from tests.support.commands.call import Call
from tests.support.commands.server import opened

PASSWORD = "correct horse battery"
SECRET = re.compile(r"secret=([A-Z2-7]+)")


def logs_in(home: RegistryHome, name: str, password: str, told: str) -> bool:
    found = SECRET.search(told)
    assert found is not None
    server = opened(home)
    try:
        administrators = Administrators(server.ledger, server.site_key.key, server.clock)
        code = code_at(base64.b32decode(found[1]), int(time.time()))
        return isinstance(administrators.log_in(Asked(name, password, code, "::1")), LoggedIn)
    finally:
        server.close()


def test_whoever_is_added_can_log_in_and_whoever_is_reset_has_a_new_key(registry: Call, begun: RegistryHome) -> None:
    added = registry("admin", "add", "tanaka", typed=f"{PASSWORD}\n")
    assert (added.code, added.err) == (0, "")
    assert "/status" in added.out
    assert logs_in(begun, "tanaka", PASSWORD, added.out)
    reset = registry("admin", "reset", "tanaka", typed="another password\n")
    assert say("command.registry.admin.added", name="tanaka") in added.out
    assert say("command.registry.admin.renewed", name="tanaka") in reset.out
    assert not logs_in(begun, "tanaka", PASSWORD, reset.out)
    assert logs_in(begun, "tanaka", "another password", reset.out)
    acts = registry("audit").out
    assert [words in acts for words in (say("command.audit.act.administrator-added"), say("command.audit.act.status-login"))] == [True] * 2
    assert [secret for secret in (PASSWORD, SECRET.findall(added.out)[0]) if secret in acts] == []


def test_administrators_are_listed_without_secrets_and_removed(registry: Call, begun: RegistryHome) -> None:
    assert registry("admin", "list").err.strip() == say("command.registry.admin.none")
    registry("admin", "add", "tanaka", typed=f"{PASSWORD}\n")
    assert re.fullmatch(r"tanaka\t登録 [-0-9]{10} [:0-9]{8}\t最後のログイン なし\n", registry("admin", "list").out)
    (one,) = json.loads(registry("admin", "list", "--json").out)["administrators"]
    assert (one["name"], one["login"], one["needs_reset"]) == ("tanaka", None, False)
    assert registry("admin", "remove", "tanaka").code == 0
    again = registry("admin", "remove", "tanaka")
    assert (again.code, again.err.strip()) == (1, say("command.registry.admin.unknown"))


@pytest.mark.parametrize(
    ("arguments", "typed", "code", "key"),
    [
        (("add", "田中"), PASSWORD, 2, "name"),
        (("add", "x\r\ny"), PASSWORD, 2, "name"),
        (("add", "tanaka"), PASSWORD, 1, "there"),
        (("add", "Tanaka"), PASSWORD, 1, "there"),
        (("add", "suzuki"), "short", 1, "password-length"),
        (("add", "suzuki"), "", 1, "password-length"),
        (("add", "suzuki"), "x" * 201, 1, "password-length"),
        (("reset", "suzuki"), PASSWORD, 1, "unknown"),
    ],
)
def test_what_is_not_taken_changes_nothing(
    registry: Call, begun: RegistryHome, arguments: tuple[str, str], typed: str, code: int, key: str
) -> None:
    registry("admin", "add", "tanaka", typed=f"{PASSWORD}\n")
    said = registry("admin", *arguments, typed=typed)
    assert (said.code, said.out) == (code, "")
    assert said.err.strip() == say(f"command.registry.admin.{key}", shortest=12, longest=200)
    assert [one["name"] for one in json.loads(registry("admin", "list", "--json").out)["administrators"]] == ["tanaka"]


def test_at_a_terminal_the_password_is_typed_twice(
    registry: Call, begun: RegistryHome, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    typed = iter([PASSWORD, PASSWORD + "!", PASSWORD, PASSWORD])
    monkeypatch.setattr("getpass.getpass", lambda *_: next(typed))
    said = registry("admin", "add", "tanaka", at_keyboard=True)
    assert (said.code, said.err.strip()) == (1, say("command.registry.admin.not-the-same"))
    assert registry("admin", "add", "tanaka", at_keyboard=True).code == 0
