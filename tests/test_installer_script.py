"""The script of the installer for Windows: silent runs end, and no failure is passed over. The MSI says some of its sentences."""

from __future__ import annotations

import re

from kiosk.resource_files import resource
from tools.installer.launcher import SAYS
from tools.installer.msi import REFUSALS

SCRIPT = resource("installer/windows/kiosk.nsi").read_text("utf-8").splitlines()
WORDS = resource("installer/windows/words.nsh").read_text("utf-8")


def test_every_window_has_an_answer_for_a_silent_run() -> None:
    shown = [line for line in SCRIPT if line.strip().startswith("MessageBox")]
    assert len(shown) >= 3
    assert [line for line in shown if "/SD " not in line] == []


def test_how_every_program_ended_is_looked_at() -> None:
    started = [number for number, line in enumerate(SCRIPT) if re.match(r"\s*(nsExec::|ExecWait|Exec\b)", line)]
    assert len(started) >= 2
    for number in started:
        assert SCRIPT[number + 1].strip() == "Pop $0", SCRIPT[number]
        assert '${If} $0 != "0"' in "".join(SCRIPT[number + 2 : number + 4]), SCRIPT[number]


def test_every_sentence_is_there_in_both_languages_and_said() -> None:
    entries = re.findall(r'^!insertmacro say (\w+) "(.*?)"(?: \\\n\s*| )"(.*?)"$', WORDS, re.MULTILINE)
    assert len(entries) == WORDS.count("!insertmacro say")
    script = "\n".join(SCRIPT)
    for name, japanese, english in entries:
        assert re.search(r"[ぁ-ん一-龥]", japanese), name
        assert english.isascii(), name
    assert set(re.findall(r"\$\((\w+)\)", script)) | {*REFUSALS, *SAYS} == {name for name, *_ in entries}
