"""Catalogues are read as polib, whose job it is, reads them."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest

from kiosk.catalogue import read_catalogue
from kiosk.config import resource

CATALOGUES = sorted(Path(str(resource("i18n"))).rglob("*.po"))


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_polib_finds_the_same_in_each_of_ours(path: Path) -> None:
    assert read_catalogue(path) == {entry.msgid: entry.msgstr for entry in polib.pofile(str(path)) if entry.msgid and entry.msgstr}


def test_lines_are_joined_and_escapes_resolved(tmp_path: Path) -> None:
    path = tmp_path / "odd.po"
    path.write_text(
        'msgid ""\nmsgstr "Language: ja\\n"\n\n# 注\n'
        'msgid "a.b"\nmsgstr ""\n"一\\n"\n"二\\"三\\\\n"\n\nmsgid "a.c"\nmsgstr ""\n\nmsgid "a.d"\nmsgstr "終"',
        "utf-8",
    )
    assert read_catalogue(path) == {"a.b": '一\n二"三\\n', "a.d": "終"}
    assert read_catalogue(path) == {entry.msgid: entry.msgstr for entry in polib.pofile(str(path)) if entry.msgstr}
