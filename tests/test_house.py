"""House rules no linter knows: where things are, how large they may be and what they may cite."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
MOST_LINES = 300
TOO_LONG = {
    "tests/bench/counter.py": 386,
    "tests/commands/test_ils.py": 425,
    "tests/config/test_reading.py": 397,
    "tests/demo/ils/test_wire_forms.py": 338,
    "tests/domain/test_keyboard.py": 308,
    "tests/domain/test_leaving.py": 492,
    "tests/domain/test_lending.py": 413,
    "tests/domain/test_looking_again.py": 389,
    "tests/domain/test_looking_ahead.py": 397,
    "tests/domain/test_machine.py": 432,
    "tests/domain/test_rail.py": 303,
    "tests/domain/test_registration.py": 508,
    "tests/domain/test_rules.py": 328,
    "tests/domain/test_serving.py": 569,
    "tests/library/handover/test_x11.py": 382,
    "tests/library/ils/test_failures.py": 720,
    "tests/smartcard/revocation/test_crl.py": 321,
    "tests/smartcard/revocation/test_folder.py": 394,
    "tests/smartcard/test_card_known.py": 307,
    "tests/smartcard/test_card_thread.py": 317,
    "tests/smartcard/test_jpki.py": 330,
    "tests/smartcard/test_reader_contract.py": 315,
    "tests/smartcard/test_virtual.py": 339,
    "tests/store/test_integrity.py": 539,
    "tests/support/domain/invariants.py": 312,
    "tests/support/domain/random_events.py": 444,
    "tests/support/screens/xvfb.py": 487,
    "tests/test_lending_line.py": 358,
    "tests/test_lending_window.py": 466,
    "tests/test_pin_rules.py": 313,
    "tests/ui/test_notices.py": 361,
    "tests/ui/test_patron_window.py": 375,
    "tests/ui/test_pin_pad.py": 332,
    "tests/ui/test_scanned_anywhere.py": 405,
    "tests/ui/test_staff_keys.py": 483,
    "tests/ui/test_staff_pages.py": 667,
    "tests/ui/test_told.py": 351,
}
"""Tests longer than a module may be, with their line counts. This table only shrinks: split one and remove its row."""
SAYS_NOTHING = frozenset({"base", "common", "controller", "helper", "helpers", "manager", "misc", "util", "utils"})
NO_TESTS = frozenset({"support", "bench"})
"""Folders of tests/ whose modules are not tests."""
CITES_A_DOCUMENT = re.compile(r"\b([A-Z][A-Z_-]{3,}) (?:§|section\b)|\b([A-Za-z][\w-]*\.md)\b")
CITES_RULES = re.compile(r"\(?ARCHITECTURE, (Rules of the \w+): ([\d, ]+)")
JAPANESE_SENTENCE = re.compile(r"[ぁ-んァ-ヶ一-鿿]。|(?:です|ます|ません|でした|ました|ください)")
READS_OTHERS_SENTENCES = ("kiosk/library/ils/", "kiosk/demo/ils/")
"""Messages of other library systems, and of the simulated one in their style."""


def modules(*folders: str) -> list[str]:
    return sorted(path.relative_to(CHECKOUT).as_posix() for folder in folders for path in (CHECKOUT / folder).rglob("*.py"))


def tools() -> list[str]:
    return sorted(path.relative_to(CHECKOUT).as_posix() for path in (CHECKOUT / "tools").iterdir() if path.is_file())


def text(name: str) -> str:
    return (CHECKOUT / name).read_text("utf-8")


def lines(name: str) -> int:
    return len(text(name).splitlines())


def test_a_module_is_read_in_one_sitting() -> None:
    assert {name: lines(name) for name in [*modules("kiosk"), *tools()] if lines(name) > MOST_LINES} == {}
    assert {name: lines(name) for name in modules("tests") if lines(name) > TOO_LONG.get(name, MOST_LINES)} == {}


def test_what_is_too_long_only_shrinks() -> None:
    gone = [name for name in TOO_LONG if not (CHECKOUT / name).exists()]
    assert gone == []
    shorter = {name: lines(name) for name, most in TOO_LONG.items() if lines(name) < most}
    assert shorter == {}, "write the new number into TOO_LONG, or take the row away"


def test_every_module_says_what_it_is_for() -> None:
    silent = [name for name in [*modules("kiosk", "tests"), "setup.py"] if not ast.get_docstring(ast.parse(text(name)))]
    assert silent == []
    assert [name for name in tools() if not text(name).splitlines()[1].startswith(('"""', "# "))] == []


def test_a_name_says_what_is_inside() -> None:
    named = [Path(name) for name in modules("kiosk", "tests")]
    assert [str(path) for path in named for part in path.with_suffix("").parts if SAYS_NOTHING & set(part.split("_"))] == []


def test_what_is_no_test_lies_in_the_support_of_tests() -> None:
    among_tests = [path for name in modules("tests") if (path := Path(name)).parts[1] not in NO_TESTS]
    assert [str(path) for path in among_tests if path.name != "conftest.py" and not path.name.startswith("test_")] == []
    hidden = [path for name in modules("tests/support", "tests/bench") if (path := Path(name)).name.startswith("test_")]
    assert hidden == [], "pytest does not run these with the tests of their package"


def written() -> Iterator[tuple[str, str]]:
    """Everything people read in this checkout, except this file, which names what it forbids."""
    for name in [*modules("kiosk", "tests"), *tools(), "setup.py", "setup.cfg", "pyproject.toml", "Makefile"]:
        if name != Path(__file__).relative_to(CHECKOUT).as_posix():
            yield name, text(name)
    for path in sorted((CHECKOUT / "resources").rglob("*")):
        if path.suffix in (".po", ".toml", ".qss", ".md"):
            yield path.relative_to(CHECKOUT).as_posix(), path.read_text("utf-8")
    for path in sorted(CHECKOUT.glob("*.md")):
        yield path.name, path.read_text("utf-8")


def test_only_documents_of_this_checkout_are_cited() -> None:
    here = {path.name for places in ("*.md", "docs/**/*.md", "resources/**/*.md") for path in CHECKOUT.glob(places)}
    cited = {(name, found[1] or found[2]) for name, content in written() for found in CITES_A_DOCUMENT.finditer(content)}
    assert {(name, document) for name, document in cited if document not in here and f"{document}.md" not in here} == set()


def rules_of_architecture() -> dict[str, set[int]]:
    chapters = re.split(r"^#{2,3} ", text("ARCHITECTURE.md"), flags=re.MULTILINE)
    return {
        chapter.splitlines()[0]: {int(number) for number in re.findall(r"^(\d+)\. ", chapter, re.MULTILINE)} for chapter in chapters[1:]
    }


def test_a_rule_that_is_cited_is_written() -> None:
    rules = rules_of_architecture()
    cited = [
        (name, chapter, int(number))
        for name, content in written()
        for chapter, numbers in CITES_RULES.findall(content)
        for number in re.findall(r"\d+", numbers)
    ]
    assert len(cited) > 5
    assert [citation for citation in cited if citation[2] not in rules.get(citation[1], set())] == []


def sentences_in_code(name: str) -> Iterator[tuple[int, str]]:
    tree = ast.parse(text(name))
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            if JAPANESE_SENTENCE.search(node.value):
                yield node.lineno, node.value


def test_sentences_in_japanese_lie_in_catalogues() -> None:
    ours = [name for name in modules("kiosk") if not name.startswith(READS_OTHERS_SENTENCES)]
    assert [(name, line, sentence) for name in ours for line, sentence in sentences_in_code(name)] == []


RENAMES_OR_DELETES = frozenset({"rename", "renames", "unlink", "remove", "removedirs", "replace", "rmdir", "rmtree", "move"})
NO_FILES = frozenset(
    {
        ("kiosk/commands/trust.py", "TrustStore(folder).remove"),
        ("kiosk/demo/registry/library_server.py", "self._elsewhere.unlink"),
        ("kiosk/store/credentials.py", "self.replace"),
        ("kiosk/store/enrolment.py", "place.store.replace"),
        ("kiosk/store/erasing.py", "place.store.replace"),
        ("kiosk/store/moving.py", "target.keys.store.replace"),
        ("kiosk/store/projection.py", "self._shown.replace"),
        ("kiosk/ui/staff/prebuilt_pages.py", "self._unloaded.remove"),
    }
)
DEMO_FOLDER = ("kiosk/demo/registry/elsewhere.py", "shutil.rmtree")


def renames_or_deletes(name: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text(name))):
        if isinstance(node, ast.ImportFrom) and node.module in ("os", "shutil"):
            yield from (f"from {node.module} import {one.name}" for one in node.names if one.name in RENAMES_OR_DELETES)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in RENAMES_OR_DELETES:
            called = ast.unparse(node.func)
            # Strings are given two arguments, and moments named ones.
            of_text_or_time = node.func.attr == "replace" and called != "os.replace" and (len(node.args) != 1 or node.keywords)
            if not of_text_or_time and not (node.func.attr == "move" and called != "shutil.move"):
                yield called


def test_files_are_renamed_and_deleted_in_one_place() -> None:
    """What another program has open for a moment is waited for there (`kiosk.config.file_replacement`)."""
    found = {(name, called) for name in modules("kiosk") for called in renames_or_deletes(name)}
    assert {called for name, called in found if name == "kiosk/config/file_replacement.py"} == {
        "os.rename",
        "path.unlink",
        "shutil.rmtree",
        "source.rename",
        "source.replace",
    }
    assert {one for one in found if one[0] != "kiosk/config/file_replacement.py"} == NO_FILES | {DEMO_FOLDER}
