"""Keys that belong to the computer, sealed by Windows itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from kiosk.domain.errors import Code, Unavailable
from kiosk.store.keys import KeyRecord, Keys
from kiosk.store.machine_key import MachineKeyStore

if os.name != "nt":
    pytest.skip("DPAPI", allow_module_level=True)

import pywintypes
import win32crypt


def test_windows_seals_them(tmp_path: Path, keys: Keys) -> None:
    store = MachineKeyStore(tmp_path / "a.machine")
    store.save(KeyRecord(keys))
    content = (tmp_path / "a.machine").read_bytes()
    assert b"kiosk" not in content.replace("library-card-kiosk".encode("utf-16-le"), b"")
    assert not any(key in content for key in (keys.database, keys.site))
    opened = win32crypt.CryptUnprotectData(content, None, None, None, 1)
    assert KeyRecord.decoded(opened[1].decode()).keys == keys


def test_it_is_opened_with_a_flag_that_opening_has(tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    """https://learn.microsoft.com/windows/win32/api/dpapi/nf-dpapi-cryptunprotectdata: CRYPTPROTECT_UI_FORBIDDEN, 1."""
    really, flags = win32crypt.CryptUnprotectData, list[int]()

    def note(content: bytes, *asked: Any) -> Any:
        flags.append(asked[-1])
        return really(content, *asked)

    monkeypatch.setattr(win32crypt, "CryptUnprotectData", note)
    store = MachineKeyStore(tmp_path / "a.machine")
    store.save(KeyRecord(keys))
    loaded = store.load()
    assert loaded is not None
    assert loaded.keys == keys
    assert flags == [1]


def test_a_seal_that_was_altered_is_refused_with_windows_number(tmp_path: Path, keys: Keys) -> None:
    path = tmp_path / "a.machine"
    store = MachineKeyStore(path)
    store.save(KeyRecord(keys))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(Unavailable) as said:
        store.load()
    assert said.value.code is Code.STORE_KEY_UNREADABLE
    assert str(said.value.params["error"]).startswith("CryptUnprotectData ")


def test_windows_refusing_to_seal_is_an_unusable_store(tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    """https://learn.microsoft.com/windows/win32/debug/system-error-codes--1000-1299-: 1312, ERROR_NO_SUCH_LOGON_SESSION."""

    def refuse(*_: object) -> bytes:
        raise pywintypes.error(1312, "CryptProtectData", "")

    monkeypatch.setattr(win32crypt, "CryptProtectData", refuse)
    store = MachineKeyStore(tmp_path / "a.machine")
    for attempt in (store.try_out, lambda: store.save(KeyRecord(keys)), lambda: store.replace(KeyRecord(keys))):
        with pytest.raises(Unavailable) as said:
            attempt()
        assert said.value.code is Code.CREDENTIAL_STORE_UNUSABLE
        assert said.value.params == {"reason": "machine", "error": "CryptProtectData 1312", "place": str(tmp_path / "a.machine")}
    assert list(tmp_path.iterdir()) == []
