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
    """An entry that is visible to this user on this computer alone.

    keyring asks for CRED_PERSIST_ENTERPRISE, which other computers see that the user's profile roams to; we for CRED_PERSIST_LOCAL_MACHINE:
    https://learn.microsoft.com/windows/win32/api/wincred/ns-wincred-credentialw (Persist).
    """

    def __init__(self, name: str, mark: Path) -> None:
        super().__init__(_backend, "credential-manager", name, mark)

    def settle(self) -> None:
        """Save an entry that may roam as one that does not, and leave nothing of what it replaced.

        At every moment a whole entry is found with the same keys.
        """
        self._ask(self._settle)

    def _write(self, text: str) -> None:
        # keyring copies what it replaces to `name@service` first. Written once, that copy would keep keys that were erased, or may roam.
        for _ in range(2):
            super()._write(text)

    def _settle(self) -> None:
        text = self._backend.get_password(SERVICE, self._name)
        if text is not None and not all(self._is_settled(target, text) for target in (SERVICE, f"{self._name}@{SERVICE}")):
            self._write(text)

    def _is_settled(self, target: str, text: str) -> bool:
        from win32ctypes.pywin32 import pywintypes, win32cred

        try:
            entry = win32cred.CredRead(target, win32cred.CRED_TYPE_GENERIC)
        except pywintypes.error as error:
            if error.winerror == _NOT_FOUND:
                return True
            raise
        if entry["UserName"] != self._name:  # another counter of this user
            return True
        return bool(entry["Persist"] == win32cred.CRED_PERSIST_LOCAL_MACHINE and entry["CredentialBlob"].decode("utf-16") == text)


def _backend() -> KeyringBackend:
    from keyring.backends.Windows import WinVaultKeyring

    backend = WinVaultKeyring()  # type: ignore[no-untyped-call]
    backend.persist = "local machine"
    return backend
