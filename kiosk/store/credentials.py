"""Keys in the platform's credential store: Credential Manager on Windows, Secret Service on Linux if it unlocks without a prompt."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kiosk.config.file_replacement import delete
from kiosk.config.private_files import save_private
from kiosk.domain.errors import Code, Unavailable
from kiosk.store.error_table import translated
from kiosk.store.keys import Description, KeyRecord
from kiosk.thread_timeout import in_time

if TYPE_CHECKING:
    # Loaded only where the platform has such a store: most of it is about finding others.
    from keyring.backend import KeyringBackend

SERVICE = "library-card-kiosk"
SECONDS = 3.0
T = TypeVar("T")


class CredentialStore:
    """One entry of the credential store, named after the data folder. Protected by the user's login.

    `mark` is an empty file that exists as long as there may be an entry, which a store that cannot be read does not tell.
    """

    def __init__(self, open_backend: Callable[[], KeyringBackend], kind: str, name: str, mark: Path) -> None:
        """`open_backend` is called before the first question; its failure is told as that of the question."""
        self._open_backend = open_backend
        self._kind = kind
        self._name = name
        self._mark = mark

    def load(self) -> KeyRecord | None:
        """Load the entry; None if there is none. Raises Unavailable: credential-store-unusable, store-key-unreadable (the entry holds no
        keys).
        """
        text = self._ask(self._read)
        if text is None:
            return None
        try:
            return KeyRecord.decoded(text)
        except ValueError as error:
            raise Unavailable(Code.STORE_KEY_UNREADABLE, place=self._kind, reason="damaged") from error

    def save(self, record: KeyRecord) -> None:
        """Save and read back. Raises FileExistsError rather than replace other keys; Unavailable: credential-store-unusable."""
        present = self.load()
        if present is not None and present.keys != record.keys:
            raise FileExistsError(self._name)
        self.replace(record)

    def replace(self, record: KeyRecord) -> None:
        """Save and read back. Raises Unavailable: credential-store-unusable."""
        with translated(self._mark):
            if not self._mark.exists():
                self.try_out()
                save_private(self._mark, b"")
        self._ask(lambda: self._write(record.encoded()))
        if self.load() != record:
            raise self._unusable("differs")

    def forget(self) -> None:
        if self.load() is not None:
            self._ask(self._delete)
        with translated(self._mark):
            delete(self._mark, missing_ok=True)

    def try_out(self) -> None:
        """Write an entry that holds nothing, read it back and delete it: a store may be read and still refuse every write. Raises
        Unavailable: credential-store-unusable.
        """
        # Not under the name of the keys, which keyring would move, nor under that of another process that tries.
        service, nothing = f"{SERVICE}-probe-{os.getpid()}", "probe"

        def write_and_read() -> str | None:
            self._backend.set_password(service, nothing, nothing)
            try:
                return self._backend.get_password(service, nothing)
            finally:
                self._backend.delete_password(service, nothing)

        if self._ask(write_and_read) != nothing:
            raise self._unusable("differs")

    def settle(self) -> None:
        """Nothing: entries have always been saved as now. Windows' have not, see `windows_credentials`."""

    def describe(self) -> Description:
        return Description(self._kind, f"{SERVICE}/{self._name}")

    @cached_property
    def _backend(self) -> KeyringBackend:
        return self._open_backend()

    def _read(self) -> str | None:
        return self._backend.get_password(SERVICE, self._name)

    def _delete(self) -> None:
        self._backend.delete_password(SERVICE, self._name)

    def _write(self, text: str) -> None:
        self._backend.set_password(SERVICE, self._name, text)

    def _ask(self, question: Callable[[], T]) -> T:
        try:
            # Opened before time counts: loading a library for the first time may take longer, and says nothing of the store.
            _ = self._backend
            return in_time(question, SECONDS, "credentials")
        except Exception as error:  # keyring's backends may raise any exception
            raise self._unusable(named_error(error)) from error

    def _unusable(self, error: str) -> Unavailable:
        return unusable(self._kind, error, self.describe().place)


def unusable(kind: str, error: str, place: str = "") -> Unavailable:
    """That a credential store cannot be used: `error` for whoever looks it up, `place` is the entry."""
    return Unavailable(Code.CREDENTIAL_STORE_UNUSABLE, reason=kind, error=error, place=place)


def named_error(error: Exception) -> str:
    """Windows' function and number ("CredWrite 1312"), otherwise the kind of exception; no message, which may hold anything."""
    number = getattr(error, "winerror", None)
    return f"{getattr(error, 'funcname', None) or type(error).__name__} {number}" if number else type(error).__name__


def system_credentials(name: str, mark: Path) -> CredentialStore | None:
    """The platform's credential store; None unless it opens without a prompt. Never prompts, never hangs.

    On Windows whether it can be used is seen by using it: https://learn.microsoft.com/windows/win32/api/wincred/nf-wincred-credwritew
    (ERROR_NO_SUCH_LOGON_SESSION, 1312: "Network logon sessions do not have an associated credential set").
    """
    if sys.platform == "win32":
        from kiosk.store.windows_credentials import CredentialManager

        return CredentialManager(name, mark)
    try:
        opens = in_time(_secret_service_open, SECONDS, "credentials")
    except Exception:  # a broken session bus may raise anything
        return None
    if not opens:
        return None
    from keyring.backends.SecretService import Keyring

    return CredentialStore(Keyring, "secret-service", name, mark)


def _secret_service_open() -> bool:
    """Whether the default collection exists and is unlocked. keyring would prompt for a password, or offer to create one."""
    import secretstorage

    connection = secretstorage.dbus_init()
    try:
        return not secretstorage.collection.get_collection_by_alias(connection, "default").is_locked()
    finally:
        connection.close()
