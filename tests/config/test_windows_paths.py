"""What a path says on Windows."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kiosk.commands.argument_types import check_name
from kiosk.config import FileTrouble, Home, file_trouble, home_at
from kiosk.config.registry_home import RegistryHome, registry_home_at
from kiosk.config.windows_paths import is_reserved, without_prefix
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


@pytest.mark.parametrize(
    "name", ["CON", "nul", "COM1", "lpt².txt", "NUL.db", "CONIN$", "a|b", "a:b", 'kiosk"', "a*b", "what?", "<x>", "a\tb", "end "]
)
def test_a_name_that_windows_keeps_for_itself(name: str) -> None:
    assert is_reserved(name)


@pytest.mark.parametrize(
    "name", ["kiosk", "図書館 1", "CONTROL", "COM10", "null", "a.con", "console.db", "..", ".", ".kiosk", "kiosk.", " x"]
)
def test_a_name_that_windows_leaves_to_us(name: str) -> None:
    assert not is_reserved(name)


@windows
@pytest.mark.parametrize("name", ["a|b", "CON", "NUL", "end ", 'kiosk"', "a:b", "CON\\kiosk", "end \\kiosk"])
def test_a_home_of_such_a_name_is_refused_and_nothing_made(tmp_path: Path, name: str) -> None:
    place = f"{tmp_path}\\{name}"
    for at in (home_at, registry_home_at):
        with pytest.raises(Unavailable) as caught:
            at(place)
        assert (caught.value.code, caught.value.params) == (Code.HOME_UNUSABLE, {"place": place, "reason": "reserved"})
    with pytest.raises(Unavailable) as caught:
        check_name(Path(place))
    assert (caught.value.code, caught.value.params["reason"]) == (Code.FILE_UNUSABLE, "reserved")
    assert list(tmp_path.iterdir()) == []


@windows
@pytest.mark.parametrize("name", ["a|b", "CON", "NUL", 'kiosk"'])
def test_what_cannot_be_opened_under_such_a_name_is_told_so(tmp_path: Path, name: str) -> None:
    path = tmp_path / name / "x"
    with pytest.raises(OSError, match="x") as caught:
        path.open("xb")
    assert file_trouble(caught.value, path) is FileTrouble.RESERVED


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
