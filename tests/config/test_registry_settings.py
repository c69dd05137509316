"""The server's registry.toml is judged as a counter's config is, and nothing in it has to be decided."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from kiosk.config.registry_home import default_registry_config
from kiosk.config.registry_settings import (
    NEEDS,
    REGISTRY_CONFIG,
    RegistrySettings,
    ServerSettings,
    check_registry_settings,
    read_registry_settings,
)
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.resource_files import resource
from kiosk.text import knows


def written(folder: Path, text: str) -> Path:
    path = folder / "registry.toml"
    path.write_text(text, encoding="utf-8")
    return path


def named(path: Path) -> list[tuple[object, ...]]:
    return [tuple(mistake.params[name] for name in ("line", "key", "expected", "reason")) for mistake in check_registry_settings(path)]


def test_the_documented_config_says_every_setting_with_its_default(tmp_path: Path) -> None:
    text = resource("registry/registry.toml").read_text("utf-8")
    assert read_registry_settings(written(tmp_path, text)) == RegistrySettings()
    for section, shape in REGISTRY_CONFIG.sections.items():
        part = text.partition(f"\n[{section}]\n")[2].partition("\n\n\n")[0]
        assert re.findall(r"^([a-z_]+) = ", part, re.MULTILINE) == [entry.name for entry in fields(shape)], section


def test_what_the_program_writes_decides_nothing(tmp_path: Path) -> None:
    text = default_registry_config()
    assert [line for line in text.splitlines() if line and not line.startswith(("#", "["))] == []
    assert read_registry_settings(written(tmp_path, text)) == RegistrySettings()


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("[server]\nport = 65536", [(2, "server.port", "port = 0 | 1 … 65535", "value")]),
        ('[server]\nnames = ["a b"]', [(2, "server.names", 'names = ["registry.example.jp", …] (0 … 16)', "value")]),
        ('[server]\naddress = "127.0.0.1:18443"', [(2, "server.address", 'address = "127.0.0.1"', "value")]),
        (
            '[server]\nnames = ["::1", "registry.example.jp:8443"]',
            [(2, "server.names", 'names = ["registry.example.jp", …] (0 … 16)', "value")],
        ),
        ('[server]\naddress = "[::1]:8443"', [(2, "server.address", 'address = "127.0.0.1"', "value")]),
        ('[server]\naddress = "fe80::1"\nnames = ["::ffff:192.0.2.1", "a-b.example"]', []),
        ('[database]\nurl = "mysql://x"', [(2, "database.url", 'url = "" | "postgresql://USER@HOST/NAME"', "value")]),
        ("[ledger]\nretention_days = 29", [(2, "ledger.retention_days", "retention_days = 30 … 3650", "value")]),
        ("[ledger]\nretention_dais = 9", [(2, "ledger.retention_dais", "retention_days", "unknown")]),
        ("[servr]\nport = 1", [(1, "servr", "[server]", "section")]),
        ('[server]\naddress = "0.0.0.0"', [(2, "server.names", 'names = ["registry.example.jp", …]', "server-names")]),
        ('[server]\naddress = "::"\nnames = ["192.0.2.1"]', []),
        ('[database]\npassword_file = "p"', [(2, "database.url", 'url = "postgresql://USER@HOST/NAME"', "database-url")]),
        ('[notices]\nmail_from = "a b@x"', [(2, "notices.mail_from", 'mail_from = "name@example.jp"', "value")]),
        (
            '[notices]\nmail_to = ["a@x\\r\\nBcc: b@x"]',
            [(2, "notices.mail_to", 'mail_to = ["name@example.jp", …] (0 … 8)', "value")],
        ),
        ('[notices]\nwebhook = "ftp://x"', [(2, "notices.webhook", 'webhook = "" | "https://…"', "value")]),
        (
            '[notices]\nmail_to = ["a@x.jp"]\nmail_server = "m"',
            [(2, "notices.mail_from", 'mail_from = "name@example.jp"', "notices-mail")],
        ),
        ('[notices]\nmail_to = ["a@x.jp"]\nmail_from = "b@x.jp"\nmail_server = "m"', []),
        ('[tls]\nkey = "k"', [(2, "tls.certificate", 'certificate = "…"', "tls-files")]),
        ('[tls]\nkey = "k"\ncertificate = "c"', [(3, "tls.authority", 'authority = "…"', "tls-files")]),
        ('[tls]\nkey = "k"\ncertificate = "c"\nauthority = "a"', []),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_was_expected(tmp_path: Path, text: str, mistakes: list[tuple[object, ...]]) -> None:
    assert named(written(tmp_path, text)) == mistakes


def test_every_need_is_explained_and_of_settings_there_are() -> None:
    for need in NEEDS:
        assert {need.name, need.because} <= {entry.name for entry in fields(REGISTRY_CONFIG.sections[need.section])}
        assert knows(f"command.why.config-invalid.{need.reason}")


def test_the_password_of_a_database_is_in_no_repr(tmp_path: Path) -> None:
    settings = read_registry_settings(written(tmp_path, '[database]\nurl = "postgresql://kiosk:hunter2@db/registry"\n'))
    assert "hunter2" in settings.database.url
    assert "hunter2" not in repr(settings)


def test_a_mistake_in_the_address_of_a_database_does_not_show_it(tmp_path: Path) -> None:
    path = written(tmp_path, '[database]\nurl = "postgresql://kiosk:hunter2@db/registry\n')
    assert "hunter2" not in str([mistake.params for mistake in check_registry_settings(path)])


def test_the_certificate_names_what_counters_call() -> None:
    own = ("localhost", "127.0.0.1", "::1")
    assert set(ServerSettings().certified) == set(own)
    everywhere = ServerSettings(address="0.0.0.0", names=("registry.example.jp", "192.0.2.7"))  # noqa: S104
    assert everywhere.certified == ("registry.example.jp", "192.0.2.7", *own)
    assert ServerSettings(address="192.0.2.7", names=("registry.example.jp",)).certified == everywhere.certified


def test_a_config_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as trouble:
        read_registry_settings(tmp_path / "registry.toml")
    assert trouble.value.code is Code.CONFIG_UNREADABLE


@pytest.mark.linux("file modes")
def test_a_config_that_others_may_write_is_not_read(tmp_path: Path) -> None:
    path = written(tmp_path, "")
    path.chmod(0o666)
    with pytest.raises(Refused) as refused:
        read_registry_settings(path)
    assert refused.value.code is Code.CONFIG_EXPOSED


def test_a_certificate_is_the_librarys_own_if_one_is_given(tmp_path: Path) -> None:
    given = '[tls]\nkey = "k"\ncertificate = "c"\nauthority = "a"'
    assert [read_registry_settings(written(tmp_path, text)).tls.is_own for text in ("", given)] == [False, True]
