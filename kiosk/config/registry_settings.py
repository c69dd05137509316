"""The settings of the library's server. What each means is explained in resources/registry/registry.toml."""

from __future__ import annotations

from dataclasses import field
from enum import Enum, unique
from pathlib import Path

from kiosk.config.network_settings import LONGEST_OFFLINE_HOURS
from kiosk.config.settings import LogSettings
from kiosk.config.settings_file import Need, SettingsFile
from kiosk.config.value_types import Choice, Number, PathText, Text, Texts, setting
from kiosk.domain.errors import Refused
from kiosk.domain.lazy_dataclass import dataclass

_HOST = r"[A-Za-z0-9.-]{1,253}|(?=[^:]*:[^:]*:)[0-9A-Fa-f:.]{2,45}"
"""A name or an address. One colon alone would be that of a port, which is a setting of its own."""
_MAILBOX = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}"
_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - recognised, so that names are asked for


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """[server]: where counters reach the server."""

    address: str = setting(Text(_HOST, '"127.0.0.1"'), "127.0.0.1")
    """The address to listen on; "0.0.0.0" or "::" for all of the machine's."""
    port: int = setting(Number(1, 65535, also=0), 8443)
    """0: any that is free, as for tests."""
    names: tuple[str, ...] = setting(Texts(_HOST, '"registry.example.jp"', most=16), ())
    """Names and addresses under which counters reach it: those that its certificate holds, besides `address` and localhost."""

    @property
    def listens_everywhere(self) -> bool:
        return self.address in _EVERYWHERE

    @property
    def certified(self) -> tuple[str, ...]:
        """The names and addresses that the certificate of the server holds, the one to tell counters first."""
        own = () if self.listens_everywhere else (self.address,)
        return tuple(dict.fromkeys((*self.names, *own, "localhost", "127.0.0.1", "::1")))


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """[database]: where the ledger is kept."""

    url: str = setting(Text(r"(postgresql://[^\x00-\x20\x7f]+)?", '"" | "postgresql://USER@HOST/NAME"'), "", secret=True)
    """Empty for SQLite in the home."""
    password_file: str = setting(PathText(), "")
    """File that holds the password of PostgreSQL's user in its first line; empty for PostgreSQL's own ways (~/.pgpass, a socket)."""


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """[tls]: the library's own certificate files (PEM), instead of the authority the server makes for itself. All three or none."""

    certificate: str = setting(PathText(), "")
    key: str = setting(PathText(), "")
    authority: str = setting(PathText(), "")

    @property
    def is_own(self) -> bool:
        """Whether the library brings its own certificate."""
        return bool(self.certificate)


@dataclass(frozen=True, slots=True)
class RegistryKeySettings:
    """[keys]: where the site key, the authority and what outlives a restore are kept."""

    folder: str = setting(PathText(), "")
    """Empty for `keys` in the home. Never in the database, nor in its backups."""


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """[ledger]: how long what was stopped or accepted is kept for counters that were away."""

    retention_days: int = setting(Number(LONGEST_OFFLINE_HOURS // 24, 3650), 30)
    """At least as long as a counter may work alone. The server remembers answers twice as long: an unlinking that is sent again after it
    was forgotten runs again, and closes the link made since.
    """


@dataclass(frozen=True, slots=True)
class BackupSettings:
    """[backup]: sealed backups by timetable."""

    folder: str = setting(PathText(), "")
    """Empty for `backups` in the home."""
    hour: int = setting(Number(0, 23), 2)
    """Local time, from which the others are counted."""
    every_hours: int = setting(Number(1, 168, also=0), 24)
    """0: never by itself."""
    keep: int = setting(Number(1, 1000), 14)


@dataclass(frozen=True, slots=True)
class NightlySettings:
    """[nightly]: when the server checks itself and tidies up."""

    hour: int = setting(Number(0, 23), 3)
    """Local time."""


@unique
class MailSecurity(Enum):
    """How a connection to a mail server is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """[notices]: who is told of failures, by e-mail or by a webhook. Neither unless they are named."""

    mail_to: tuple[str, ...] = setting(Texts(_MAILBOX, '"name@example.jp"', most=8), ())
    mail_from: str = setting(Text(f"({_MAILBOX})?", '"name@example.jp"'), "")
    mail_server: str = setting(Text(f"({_HOST})?", '"mail.example.jp"'), "")
    mail_port: int = setting(Number(1, 65535), 25)
    mail_security: MailSecurity = setting(Choice({one.value: one for one in MailSecurity}), MailSecurity.STARTTLS)
    mail_user: str = setting(Text(), "")
    """Empty: the mail server asks for none."""
    mail_password_file: str = setting(PathText(), "")
    """File that holds the password of `mail_user` in its first line."""
    webhook: str = setting(Text(r"(https?://[^\x00-\x20\x7f]+)?", '"" | "https://…"'), "", secret=True)
    """Of a service that takes a message as JSON: whoever knows the address may write there."""
    silent_hours: int = setting(Number(1, 720), 24)
    """After which a counter that is not heard of is told of."""


@dataclass(frozen=True, slots=True)
class RegistrySettings:
    """All settings of the library's server. None has to be decided."""

    server: ServerSettings = field(default_factory=ServerSettings)
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    tls: TlsSettings = field(default_factory=TlsSettings)
    keys: RegistryKeySettings = field(default_factory=RegistryKeySettings)
    ledger: LedgerSettings = field(default_factory=LedgerSettings)
    backup: BackupSettings = field(default_factory=BackupSettings)
    nightly: NightlySettings = field(default_factory=NightlySettings)
    notices: NoticeSettings = field(default_factory=NoticeSettings)
    log: LogSettings = field(default_factory=LogSettings)


def _tls_need(name: str, because: str) -> Need:
    return Need("tls", name, because, '"…"', "tls-files", lambda tls: bool(getattr(tls, because)) and not getattr(tls, name))


def _mail_need(name: str, because: str, expected: str) -> Need:
    def is_missing(notices: NoticeSettings) -> bool:
        return bool(getattr(notices, because)) and not getattr(notices, name)

    return Need("notices", name, because, expected, "notices-mail", is_missing)


NEEDS: tuple[Need, ...] = (
    # The machine's own addresses may change, and a certificate for "everywhere" does not exist.
    Need(
        "server",
        "names",
        "address",
        '["registry.example.jp", …]',
        "server-names",
        lambda server: server.listens_everywhere and not server.names,
    ),
    Need(
        "database",
        "url",
        "password_file",
        '"postgresql://USER@HOST/NAME"',
        "database-url",
        lambda database: bool(database.password_file) and not database.url,
    ),
    _mail_need("mail_from", "mail_to", '"name@example.jp"'),
    _mail_need("mail_server", "mail_to", '"mail.example.jp"'),
    _mail_need("mail_password_file", "mail_user", '"…"'),
    _tls_need("key", "certificate"),
    _tls_need("authority", "certificate"),
    _tls_need("certificate", "key"),
    _tls_need("certificate", "authority"),
)

REGISTRY_CONFIG = SettingsFile(RegistrySettings, NEEDS)


def read_registry_settings(path: Path) -> RegistrySettings:
    """Read registry.toml. Raises as `SettingsFile.read` does."""
    return REGISTRY_CONFIG.read(path)


def check_registry_settings(path: Path) -> list[Refused]:
    """All mistakes in registry.toml, ordered by line. Raises as `SettingsFile.check` does."""
    return REGISTRY_CONFIG.check(path)
