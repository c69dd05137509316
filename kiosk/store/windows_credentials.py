"""Windows' Credential Manager, with entries that stay on this computer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.store.credentials import SERVICE, CredentialStore

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_NOT_FOUND = 1168
"""ERROR_NOT_FOUND."""


class CredentialManager(CredentialStore):
    """An entry that is visible to this user on this computer alone, with a target name of its own.

    keyring names the target after the service, and moves what another home has there to `name@service` first. Of two homes that do so at
    the same moment, one loses its keys: only its name keeps an entry from others, no lock. Earlier versions had all homes share a service.

    keyring asks for CRED_PERSIST_ENTERPRISE, which other computers see that the user's profile roams to; we for CRED_PERSIST_LOCAL_MACHINE:
    https://learn.microsoft.com/windows/win32/api/wincred/ns-wincred-credentialw (Persist).
    """

    def __init__(self, name: str, mark: Path) -> None:
        super().__init__(_backend, "credential-manager", name, mark)

    def settle(self) -> None:
        """Save an entry that may roam, or has the shared name, as one that does not, and leave nothing of what it replaced.

        At every moment a whole entry is found with the same keys.
        """
        self._ask(self._settle)

    @property
    def _service(self) -> str:
        return f"{SERVICE}/{self._name}"

    def _read(self) -> str | None:
        # The last time because another process may have moved it in between.
        for service in (self._service, SERVICE, self._service):
            text = self._backend.get_password(service, self._name)
            if text is not None:
                return text
        return None

    def _write(self, text: str) -> None:
        # keyring copies what it replaces to `name@service` first. Written once, that copy would keep keys that were erased, or may roam.
        for _ in range(2):
            self._backend.set_password(self._service, self._name, text)
        self._delete_from(SERVICE)

    def _delete(self) -> None:
        # In this order: what an earlier version saved, and may be older, must not be found in place of what is deleted.
        for service in (SERVICE, self._service):
            self._delete_from(service)

    def _delete_from(self, service: str) -> None:
        if self._backend.get_password(service, self._name) is not None:
            self._backend.delete_password(service, self._name)

    def _settle(self) -> None:
        text = self._read()
        if text is None:
            return
        targets = (self._service, f"{self._name}@{self._service}")
        if self._backend.get_password(self._service, self._name) is None or not all(self._is_settled(each, text) for each in targets):
            self._write(text)
        else:
            self._delete_from(SERVICE)

    def _is_settled(self, target: str, text: str) -> bool:
        from win32ctypes.pywin32 import pywintypes, win32cred

        try:
            entry = win32cred.CredRead(target, win32cred.CRED_TYPE_GENERIC)
        except pywintypes.error as error:
            if error.winerror == _NOT_FOUND:
                return True
            raise
        return bool(entry["Persist"] == win32cred.CRED_PERSIST_LOCAL_MACHINE and entry["CredentialBlob"].decode("utf-16") == text)


def _backend() -> KeyringBackend:
    from keyring.backends.Windows import WinVaultKeyring

    backend = WinVaultKeyring()  # type: ignore[no-untyped-call]
    backend.persist = "local machine"
    return backend
