"""What a path says on Windows."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kiosk.config import Home
from kiosk.config.registry_home import RegistryHome
from kiosk.config.windows_paths import without_prefix
from kiosk.domain.errors import Code, Unavailable
from kiosk.store.key_file import key_name
from kiosk.store.keys import folder_of

windows = pytest.mark.skipif(sys.platform != "win32", reason="paths of Windows")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (r"\\?\D:\kiosk", r"D:\kiosk"),
        (r"\\.\D:\kiosk", r"D:\kiosk"),
        ("\\\\?\\D:\\", "D:\\"),
        (r"\\?\UNC\nas\share\kiosk", r"\\nas\share\kiosk"),
        (r"\\?\unc\nas\share\kiosk", r"\\nas\share\kiosk"),
        (r"\\nas\share\kiosk", r"\\nas\share\kiosk"),
        (r"\\?\Volume{26a21bda-a627-11d7-9931-806e6f6e6963}\kiosk", r"\\?\Volume{26a21bda-a627-11d7-9931-806e6f6e6963}\kiosk"),
        (r"D:\kiosk", r"D:\kiosk"),
        (r"\\?\図書館", r"\\?\図書館"),
    ],
)
def test_a_prefix_that_says_nothing_is_left_out(path: str, expected: str) -> None:
    assert without_prefix(path) == expected


@windows
@pytest.mark.parametrize("place", [r"\\nas.invalid\share\kiosk", r"\\?\UNC\nas.invalid\share\kiosk"])
def test_a_home_on_another_computer_is_refused(place: str) -> None:
    for home in (Home(Path(place)), RegistryHome(Path(place))):
        with pytest.raises(Unavailable) as caught:
            home.prepare()
        assert (caught.value.code, caught.value.params) == (Code.HOME_UNUSABLE, {"place": place, "reason": "on-share"})


@windows
def test_a_home_on_this_computer_is_not_however_it_is_spelt(tmp_path: Path) -> None:
    assert Home(Path(f"\\\\?\\{tmp_path}") / "a").prepare()
    assert RegistryHome(Path(f"\\\\?\\{tmp_path}") / "b").prepare()


@windows
def test_the_keys_of_a_home_have_one_name_however_it_is_spelt(tmp_path: Path) -> None:
    spellings = (tmp_path, Path(f"\\\\?\\{tmp_path}"), Path(f"\\\\.\\{tmp_path}"))
    assert len({key_name(place / "data") for place in spellings}) == 1
    assert len({folder_of(place / "data" / "kiosk.db") for place in spellings}) == 1
