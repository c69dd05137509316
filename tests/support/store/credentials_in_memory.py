"""Stands in for the platform's credential store, at the edge where keyring asks it."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import keyring.backends.SecretService
import keyring.backends.Windows
import pytest

SERVICE = "library-card-kiosk"
ENTERPRISE, LOCAL_MACHINE = 3, 2
NO_SUCH_LOGON_SESSION, NOT_FOUND = 1312, 1168


class Error(Exception):
    """As `pywintypes.error`: nothing that keyring or Python has is among its bases."""

    def __init__(self, winerror: int, funcname: str) -> None:
        super().__init__(winerror, funcname, "")
        self.winerror, self.funcname = winerror, funcname


class CredentialsInMemory:
    """pywin32-ctypes' `win32cred`, with what Windows would keep. On Linux it stands behind Secret Service, which is open."""

    CRED_TYPE_GENERIC = 1
    CRED_PERSIST_LOCAL_MACHINE, CRED_PERSIST_ENTERPRISE = LOCAL_MACHINE, ENTERPRISE

    def __init__(self, *refused: str) -> None:
        self.entries: dict[str, dict[str, object]] = {}
        self.refused = set(refused)
        """Functions that fail: CredRead, CredWrite, CredDelete."""
        self.writes: int | None = None
        """How many more writes succeed; None for all."""
        self.written: set[tuple[str, str]] = set()
        """The names of all entries that were ever written, each with its user's."""

    def install(self, monkeypatch: pytest.MonkeyPatch) -> CredentialsInMemory:
        vault = keyring.backends.Windows
        monkeypatch.setattr(vault, "win32cred", self, raising=False)
        monkeypatch.setattr(vault, "pywintypes", SimpleNamespace(error=Error), raising=False)
        module = ModuleType("win32ctypes.pywin32")
        module.__dict__.update(win32cred=self, pywintypes=SimpleNamespace(error=Error))
        monkeypatch.setitem(sys.modules, module.__name__, module)
        if sys.platform != "win32":
            import secretstorage

            monkeypatch.setattr(secretstorage, "dbus_init", lambda: SimpleNamespace(close=lambda: None))
            collection = SimpleNamespace(is_locked=lambda: False)
            monkeypatch.setattr(secretstorage.collection, "get_collection_by_alias", lambda connection, alias: collection)
            monkeypatch.setattr(keyring.backends.SecretService, "Keyring", vault.WinVaultKeyring)
        return self

    def CredRead(self, TargetName: str, Type: int) -> dict[str, object]:
        self._check("CredRead")
        return dict(self._found(TargetName, "CredRead"))

    def CredWrite(self, Credential: dict[str, object], Flags: int) -> None:
        self._check("CredWrite")
        if self.writes is not None:
            if self.writes == 0:
                raise Error(NO_SUCH_LOGON_SESSION, "CredWrite")
            self.writes -= 1
        self.written.add((str(Credential["TargetName"]), str(Credential["UserName"])))
        blob = str(Credential["CredentialBlob"]).encode("utf-16-le")
        self.entries[str(Credential["TargetName"])] = Credential | {"CredentialBlob": blob}

    def CredDelete(self, Type: int, TargetName: str) -> None:
        self._check("CredDelete")
        self._found(TargetName, "CredDelete")
        del self.entries[TargetName]

    def persistence(self) -> set[object]:
        return {entry["Persist"] for entry in self.entries.values()}

    def texts(self) -> set[str]:
        return {
            entry["CredentialBlob"].decode("utf-16-le") for entry in self.entries.values() if isinstance(entry["CredentialBlob"], bytes)
        }

    def _check(self, function: str) -> None:
        if function in self.refused:
            raise Error(NO_SUCH_LOGON_SESSION, function)

    def _found(self, target: str, function: str) -> dict[str, object]:
        try:
            return self.entries[target]
        except KeyError:
            raise Error(NOT_FOUND, function) from None
