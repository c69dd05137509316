"""The key file of the server: 0600, never replaced, and never taken for another."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.domain.errors import Code, Unavailable
from kiosk.registry.site_key import SiteKey, SiteKeyFile


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    file = SiteKeyFile(tmp_path / "keys")
    assert file.load() is None
    key = SiteKey.fresh()
    assert file.save(key) == key
    assert SiteKeyFile(tmp_path / "keys").load() == key


def test_a_key_is_never_replaced(tmp_path: Path) -> None:
    first = SiteKeyFile(tmp_path).save(SiteKey.fresh())
    assert SiteKeyFile(tmp_path).save(SiteKey.fresh()) == first


@pytest.mark.linux("file modes")
def test_only_this_user_may_read_it_and_that_others_could_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = SiteKeyFile(tmp_path / "keys")
    file.save(SiteKey.fresh())
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    file.path.chmod(0o644)
    assert caplog.messages == []
    assert file.load() is not None
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert caplog.messages == [f"others could read {file.path} (0644), and cannot any more"]


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"noise", b'{"kiosk-site-key": 1}', b'{"kiosk-site-key": 1, "key": "AA=="}'])
def test_what_is_no_key_is_told_as_damaged(tmp_path: Path, content: bytes) -> None:
    file = SiteKeyFile(tmp_path)
    file.path.write_bytes(content)
    with pytest.raises(Unavailable) as trouble:
        file.load()
    assert trouble.value.code is Code.SITE_KEY_UNREADABLE
    assert trouble.value.params["reason"] == "damaged"


def test_a_key_of_another_length_or_generation_is_none() -> None:
    fresh = json.loads(SiteKey.fresh().encoded())
    for wrong in ({"key": "AAAA"}, {"generation": -1}, {"library": "x"}, {"kiosk-site-key": 3}):
        with pytest.raises(ValueError, match=r"."):
            SiteKey.decoded(json.dumps(fresh | wrong).encode())


def test_the_keys_before_and_the_one_to_come_are_kept_with_it(tmp_path: Path) -> None:
    file = SiteKeyFile(tmp_path)
    first = file.save(SiteKey.fresh())
    assert file.save(replace(first, next=(7, bytes(32)))).next == (7, bytes(32))
    known = file.load()
    assert known is not None
    second = file.save(known.rotated())
    assert file.load() == second == SiteKey(bytes(32), first.library, 7, is_used=False, earlier=((0, first.key),))
    assert (second.root, second.chain.newest, second.as_of(first.key)) == (first.key, 7, first)
    assert file.save(first) == second, "what is known of later is not given up"
    told = json.loads(second.encoded())
    for wrong in ({"earlier": [[8, told["key"]]]}, {"earlier": [[0]]}, {"earlier": 3}, {"next": [7, told["key"]]}, {"next": "x"}):
        with pytest.raises(ValueError, match=r"."):
            SiteKey.decoded(json.dumps(told | wrong).encode())


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    file = SiteKeyFile(tmp_path)
    file.path.mkdir()
    with pytest.raises(Unavailable) as trouble:
        file.load()
    assert trouble.value.params["reason"] == "folder"


def test_the_key_is_not_shown_by_accident() -> None:
    key = SiteKey(b"secret key of thirty-two bytes..", "0" * 32)
    assert "secret" not in repr(key)


def test_no_key_follows_unless_one_was_prepared() -> None:
    with pytest.raises(ValueError, match="follow"):
        SiteKey(bytes(32), "0" * 32).rotated()
