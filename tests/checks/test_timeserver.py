"""Whether the system says that its clock is synchronised."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.checks.timeserver import check_time_server


@pytest.mark.linux("shell scripts")
@pytest.mark.parametrize(
    ("said", "outcome"),
    [(r"yes\n", "time-server.synchronised"), (r"no\n", "time-server.unsynchronised"), (r"\223\372\n", "time-server.unknown")],
)
def test_what_the_systems_program_says_is_read_in_whatever_encoding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, outcome: str
) -> None:
    program = tmp_path / "timedatectl"
    program.write_text(f"#!/bin/sh\nprintf '{said}'\n")
    program.chmod(0o755)
    monkeypatch.setattr("kiosk.system_program.programs_folder", lambda: tmp_path)  # where the system keeps its programs
    assert check_time_server().outcome == outcome
