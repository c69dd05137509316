"""What the library promises its patrons (`seed/niigata-library-service.txt`), sentence by sentence: `seed/rows.tsv` lists for each the
screen or rule that keeps it, the words that must be on that screen, and the test that proves it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from uuid import UUID

import polib
import pytest

from kiosk.domain.model import CardReading, Language, Link, LinkToken, Month, Revocation
from kiosk.resource_files import resource
from kiosk.text import knows, plain, say

SEED = Path(__file__).parent / "seed"
TESTS = Path(__file__).parent
KEY = re.compile(r"(staff|patron|refusal)\.[\w.-]+")
CALL_CENTRE = "0120-95-0178"


@dataclass(frozen=True)
class Row:
    sentence: str
    kept_by: tuple[str, ...]
    """Keys of what screens say, and names of rules."""
    words: tuple[str, ...]
    proved_by: str

    @property
    def keys(self) -> list[str]:
        return [name for name in self.kept_by if KEY.fullmatch(name)]

    @property
    def rules(self) -> list[str]:
        return [name for name in self.kept_by if not KEY.fullmatch(name)]


def sentences(text: str) -> Iterator[str]:
    """Lines, and what is parted by 。 within them, unless it stands in brackets."""
    for line in text.splitlines():
        begin = depth = 0
        for index, letter in enumerate(line):
            depth += (letter in "「((") - (letter in "」))")
            if letter == "。" and depth == 0:
                yield line[begin : index + 1]
                begin = index + 1
        if line[begin:].strip():
            yield line[begin:].strip()


def read_rows() -> list[Row]:
    _, *lines = (SEED / "rows.tsv").read_text("utf-8").splitlines()
    parted = (line.split("\t") for line in lines)
    return [Row(sentence, tuple(kept_by.split()), tuple(words.split()), proved_by) for sentence, kept_by, words, proved_by in parted]


ROWS = read_rows()
each_row = pytest.mark.parametrize("row", ROWS, ids=[f"{number}" for number in range(1, len(ROWS) + 1)])


def test_every_sentence_has_its_row() -> None:
    text = (SEED / "niigata-library-service.txt").read_text("utf-8")
    assert [row.sentence for row in ROWS] == list(sentences(text))
    assert len(ROWS) == 70


@each_row
def test_every_row_names_a_screen_or_rule_that_is_there(row: Row) -> None:
    assert row.kept_by
    for key in row.keys:
        languages = list(Language) if key.startswith(("patron.", "slip.")) else [Language.JAPANESE]
        assert [language for language in languages if not knows(key, language)] == [], key
    for name in row.rules:
        assert rule(name) is not None


def rule(name: str) -> object:
    """What a dotted name stands for: a module of the domain, then attributes."""
    kiosk, domain, module, *attributes = name.split(".")
    found: object = import_module(f"{kiosk}.{domain}.{module}")
    for attribute in attributes:
        found = getattr(found, attribute)
    return found


@each_row
def test_the_words_of_every_sentence_are_on_its_screens(row: Row) -> None:
    shown = "\n".join(plain(say(key)).replace("\n", "") for key in row.keys)
    assert row.words or not row.keys
    assert [word for word in row.words if word not in shown] == []


@each_row
def test_every_row_names_a_test_that_is_there(row: Row) -> None:
    path, _, name = row.proved_by.partition("::")
    assert name in names_in(TESTS.parent / path)


@cache
def names_in(path: Path) -> frozenset[str]:
    """The names of the test functions in a file."""
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


def catalogues() -> list[tuple[str, str]]:
    """Every key and sentence that people see, in every language."""
    return [
        (entry.msgid, entry.msgstr)
        for path in sorted(resource("i18n").glob("*/*.po"))
        if path.stem in ("staff", "patron", "refusal")
        for entry in polib.pofile(str(path))
    ]


def test_the_call_centre_is_named_only_where_a_card_is_lost() -> None:
    """The seed sends people there for a lost card and for nothing else."""
    named = {key for key, sentence in catalogues() if CALL_CENTRE in sentence}
    assert named >= {"staff.unlink-number.stop", "staff.unlinked.stop-text", "staff.help.a5"}
    assert {key.rpartition(".")[0] for key in named} <= {"staff.unlink-number", "staff.unlinked", "staff.help"}
    assert all("個人番号カードコールセンター" in plain(say(key)) for key in named)


def test_no_screen_leads_out_of_the_counter() -> None:
    """Where the seed links to another site, the counter names it in words: nobody can leave for the web from here."""
    addresses = re.compile(r"https?:|www\.|href|\.go\.jp", re.IGNORECASE)
    assert [key for key, sentence in catalogues() if addresses.search(sentence)] == []


def test_the_library_is_not_said_to_reset_a_pin() -> None:
    assert "図書館ではできません" in plain(say("patron.refusal.pin-locked-next"))


def test_a_reading_of_a_card_has_no_room_for_a_person() -> None:
    """No My Number, name, address or birthday can be kept, since nothing that is kept could hold one."""
    assert {field.name: field.type for field in fields(CardReading)} == {
        "token": LinkToken.__name__,
        "revocation": Revocation.__name__,
        "ends": f"{Month.__name__} | None",
    }
    assert {field.name: field.type for field in fields(Link)} == {
        "token": LinkToken.__name__,
        "number": "LibraryCardNumber",
        "since": datetime.__name__,
        "counter": "str",
        "operation": UUID.__name__,
        "pending": "bool",
    }
