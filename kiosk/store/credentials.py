"""Keys in the platform's credential store: Credential Manager on Windows, Secret Service on Linux if it unlocks without a prompt."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from kiosk.domain.errors import Code, Unavailable
from kiosk.store.keys import Description, KeyRecord
from kiosk.thread_timeout import in_time

if TYPE_CHECKING:
    # Loaded only where the platform has such a store: most of it is about finding others.
    from keyring.backend import KeyringBackend

SERVICE = "library-card-kiosk"
SECONDS = 3.0
T = TypeVar("T")


class CredentialStore:
    """One entry of the credential store, named after the data folder. Protected by the user's login."""

    def __init__(self, backend: KeyringBackend, kind: str, name: str) -> None:
        self._backend = backend
        self._kind = kind
        self._name = name

    def load(self) -> KeyRecord | None:
        """Load the entry; None if there is none. Raises Unavailable: store-key-missing (the credential store cannot be opened),
        store-key-unreadable (the entry holds no keys).
        """
        text = self._ask(lambda: self._backend.get_password(SERVICE, self._name))
        if text is None:
            return None
        try:
            return KeyRecord.decoded(text)
        except ValueError as error:
            raise Unavailable(Code.STORE_KEY_UNREADABLE, place=self._kind, reason="damaged") from error

    def save(self, record: KeyRecord) -> None:
        """Save and read back. Raises FileExistsError rather than replace other keys; Unavailable: store-key-missing."""
        present = self.load()
        if present is not None and present.keys != record.keys:
            raise FileExistsError(self._name)
        self.replace(record)

    def replace(self, record: KeyRecord) -> None:
        """Save and read back. Raises Unavailable: store-key-missing."""
        self._ask(lambda: self._backend.set_password(SERVICE, self._name, record.encoded()))
        if self.load() != record:
            raise Unavailable(Code.STORE_KEY_MISSING, place=self._kind)

    def forget(self) -> None:
        if self.load() is not None:
            self._ask(lambda: self._backend.delete_password(SERVICE, self._name))

    def describe(self) -> Description:
        return Description(self._kind, f"{SERVICE}/{self._name}")

    def _ask(self, question: Callable[[], T]) -> T:
        try:
            return in_time(question, SECONDS, "credentials")
        except Exception as error:  # keyring's backends may raise any exception
            raise Unavailable(Code.STORE_KEY_MISSING, place=self._kind) from error


def system_credentials(name: str) -> CredentialStore | None:
    """The platform's credential store; None unless it opens without a prompt. Never prompts, never hangs."""
    if sys.platform == "win32":
        from keyring.backends.Windows import WinVaultKeyring

        return CredentialStore(WinVaultKeyring(), "credential-manager", name)
    try:
        opens = in_time(_secret_service_open, SECONDS, "credentials")
    except Exception:  # a broken session bus may raise anything
        return None
    if not opens:
        return None
    from keyring.backends.SecretService import Keyring

    return CredentialStore(Keyring(), "secret-service", name)  # type: ignore[no-untyped-call]


def _secret_service_open() -> bool:
    """Whether the default collection exists and is unlocked. keyring would prompt for a password, or offer to create one."""
    import secretstorage

    connection = secretstorage.dbus_init()
    try:
        return not secretstorage.collection.get_collection_by_alias(connection, "default").is_locked()
    finally:
        connection.close()
