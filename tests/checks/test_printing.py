"""Checks of printer or PDF folder, with a print server that may not respond."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from kiosk.checks.printing import check_printer, check_printing
from kiosk.config import SlipSettings
from kiosk.ui.installed_devices import Printers

BOTH = Printers(("Receipt 80", "Office"), "Office")


@pytest.mark.parametrize(
    ("wanted", "printers", "expected"),
    [
        ("", BOTH, "printing.printer"),
        ("Receipt 80", BOTH, "printing.printer"),
        ("Receipt", BOTH, "printing.no-printer"),
        ("Receipt 80", Printers((), ""), "printing.no-printer"),
        ("", Printers(("Office",), ""), "printing.no-default"),
        ("", None, "printing.unknown"),
    ],
)
def test_a_printer_is_held_against_the_config(wanted: str, printers: Printers | None, expected: str) -> None:
    assert check_printer(wanted, printers).outcome == expected


def test_slips_that_nobody_wants_are_not_looked_for(tmp_path: Path) -> None:
    assert check_printing(SlipSettings(), tmp_path).outcome == "printing.off"


def test_a_folder_is_tried_and_nothing_left_in_it(tmp_path: Path) -> None:
    assert check_printing(SlipSettings(to="pdf"), tmp_path / "not" / "yet").outcome == "printing.folder"
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("")
    assert check_printing(SlipSettings(to="pdf"), tmp_path / "file" / "slips").outcome == "printing.no-folder"


@pytest.mark.parametrize(
    "interpreter",
    [pytest.param("/nowhere/python", id="none"), pytest.param("/bin/true", id="without an answer", marks=pytest.mark.linux("/bin/true"))],
)
def test_where_nobody_can_be_asked_nothing_is_known(interpreter: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", interpreter)
    assert check_printing(SlipSettings(to="printer", printer="Receipt 80"), tmp_path).outcome == "printing.unknown"


@pytest.mark.linux("CUPS")
def test_a_print_server_that_says_nothing_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("CUPS_SERVER", f"127.0.0.1:{silent.getsockname()[1]}")
        found = check_printing(SlipSettings(to="printer", printer="Receipt 80"), tmp_path, limit=3)
    assert found.outcome == "printing.unknown"
