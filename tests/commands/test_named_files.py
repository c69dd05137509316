"""Files named on the command line that cannot be used: the message says which, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.config.file_access import FileTrouble
from kiosk.config.text_encoding import OtherEncoding
from kiosk.domain.errors import Code
from kiosk.text import plain_refusal, say
from tests.support.commands.call import Call

GIVEN = (
    ["recovery", "restore", "--sheet"],
    ["recovery", "restore", "--backup"],
    ["recovery", "backup"],
    ["trust", "add"],
    ["virtual-card", "--export-authority"],
    ["demo", "--tour"],
)


@pytest.mark.parametrize("command", GIVEN, ids=" ".join)
def test_a_file_that_was_named_and_cannot_be_used_is_said_with_its_place(kiosk: Call, tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "file").write_text("")
    place = tmp_path / "file" / "below"
    said = kiosk(*command, str(place))
    assert said.code == 1
    assert str(place) in said.err
    assert say("command.why.file.not-a-folder") in said.err
    assert not any(word in said.err for word in ("番号", "行目"))


@pytest.mark.parametrize("option", ["--sheet", "--backup"])
def test_what_is_to_be_restored_and_is_not_there_is_said(kiosk: Call, tmp_path: Path, option: str) -> None:
    said = kiosk("recovery", "restore", option, str(tmp_path / "no such file"))
    assert (said.code, said.err.splitlines()) == (
        1,
        [
            say(f"refusal.{Code.FILE_UNUSABLE}.staff"),
            say("command.why.file.missing"),
            say("command.place", place=str(tmp_path / "no such file")),
            say(f"refusal.{Code.FILE_UNUSABLE}.staff-next"),
        ],
    )


@pytest.mark.parametrize("reason", [*FileTrouble, *OtherEncoding])
def test_what_to_do_about_a_file_follows_from_what_is_wrong_with_it(reason: FileTrouble | OtherEncoding) -> None:
    """Whoever may not read a file does not look for its name."""
    about_place = {
        FileTrouble.MISSING,
        FileTrouble.LEADS_NOWHERE,
        FileTrouble.LEADS_ELSEWHERE,
        FileTrouble.NOT_A_FOLDER,
        FileTrouble.TOO_LONG,
        FileTrouble.RESERVED,
        FileTrouble.NO_TEXT,
        FileTrouble.OTHER,
    }
    told = plain_refusal(Code.FILE_UNUSABLE, "staff-next", place="/home/list.csv", reason=reason.value)
    assert (told == say("refusal.file-unusable.staff-next")) is (reason in about_place)
