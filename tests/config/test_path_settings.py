"""Which paths in a config a move of its home would change."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.config.path_settings import changed_by_move


@pytest.mark.parametrize(
    ("section", "name", "value", "is_changed"),
    [
        ("card", "crl_folder", "~/crl", True),
        ("card", "crl_folder", "~other/crl", True),
        ("card", "crl_folder", "../crl", True),
        ("card", "crl_folder", "crl/../../crl", True),
        ("card", "crl_folder", "{home}/crl", True),
        ("card", "crl_folder", "{beside}/crl", False),
        ("card", "crl_folder", "lists/crl", False),
        ("card", "crl_folder", "", False),
        ("ils", "ca_file", "~/ca.pem", True),
        ("slip", "pdf_folder", "../slips", True),
        ("slip", "printer", "~/no path", False),
        ("keys", "folder", "~/keys", True),
        ("keys", "folder", "../keys", False),
    ],
)
def test_what_would_mean_another_place_from_another_home(tmp_path: Path, section: str, name: str, value: str, is_changed: bool) -> None:
    home = tmp_path / "home"
    home.mkdir()
    written = value.format(home=home.as_posix(), beside=(tmp_path / "beside").as_posix())
    config = home / "config.toml"
    config.write_text(f'[card]\nrevocation = "none"\n{"" if section == "card" else f"[{section}]"}\n{name} = "{written}"\n', "utf-8")
    assert changed_by_move(config) == ({f"{section}.{name}": written} if is_changed else {})
