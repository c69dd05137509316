"""Every sentence is there, in every language, with the same blanks; and none is there that nobody says."""

from __future__ import annotations

import argparse
import ast
import re
import string
from pathlib import Path

import polib
import pytest

from kiosk.__main__ import build_parser
from kiosk.commands.parser import Parser
from kiosk.config import resource
from kiosk.domain.errors import Code
from kiosk.domain.model import Language
from kiosk.text import knows, phrased, plain, say

CHECKOUT = Path(__file__).parents[1]
PATRON_PARTS = ("refusal", "patron")
STAFF_PARTS = ("staff", "command", "demo")
KEY = re.compile(rf"(?:{'|'.join(PATRON_PARTS + STAFF_PARTS)})(?:\.[a-z0-9_-]+)+")
SPEAKS_COMMAND = re.compile(r"(?:output\.)?(?:words|tell)")
WILD = "[a-z0-9._-]+"
# A pattern put together in the code has to fix more than the part, or it would let every sentence pass.
NAMES_SOMETHING = re.compile(rf"refusal\\\.|(?:{'|'.join(PATRON_PARTS + STAFF_PARTS)})\\\..*[a-z]{{2}}")
UNREAD = re.compile(r"[一-鿿々](?![一-鿿々]*\[)")


def catalogue(part: str, language: Language) -> dict[str, str]:
    try:
        path = resource(f"i18n/{language}/{part}.po")
    except FileNotFoundError:
        return {}
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))}


def blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def every_sentence() -> list[tuple[str, Language, str]]:
    return [
        (key, language, sentence)
        for part in PATRON_PARTS + STAFF_PARTS
        for language in Language
        for key, sentence in catalogue(part, language).items()
    ]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("code", Code)
def test_every_refusal_has_cause_and_next_step(code: Code, language: Language) -> None:
    for sentence in ("title", "patron", "patron-next", "staff", "staff-next"):
        assert knows(f"refusal.{code}.{sentence}", language)


def test_no_refusal_is_kept_that_has_no_code() -> None:
    for language in Language:
        named = {key.split(".")[1] for key in catalogue("refusal", language)}
        assert named == {code.value for code in Code}


@pytest.mark.parametrize("part", PATRON_PARTS)
def test_a_sentence_has_the_same_blanks_in_every_language(part: str) -> None:
    japanese = catalogue(part, Language.JAPANESE)
    for language in Language:
        other = catalogue(part, language)
        assert set(other) == set(japanese)
        assert {key: blanks(text) for key, text in other.items()} == {key: blanks(text) for key, text in japanese.items()}


def test_a_refusal_has_only_the_blanks_its_code_promises() -> None:
    promised = {
        Code.PIN_WRONG: {"tries_left"},
        Code.CARD_ANSWER_UNEXPECTED: {"sw"},
        Code.NUMBER_LENGTH: {"expected", "got"},
        Code.NUMBER_PREFIX: {"prefix"},
        Code.RECOVERY_LINE: {"line"},
        Code.CONFIG_INVALID: {"file", "line", "key", "expected"},
        Code.OUT_OF_ORDER: {"incident"},
    }
    for key, sentence in catalogue("refusal", Language.JAPANESE).items():
        assert blanks(sentence) <= promised.get(Code(key.split(".")[1]), set()), key


def test_a_patron_reads_every_kanji_of_easy_japanese() -> None:
    for key, sentence in catalogue("refusal", Language.EASY_JAPANESE).items() | catalogue("patron", Language.EASY_JAPANESE).items():
        if key.startswith("patron.") or re.search(r"\.patron(-next)?$", key):
            assert not UNREAD.search(re.sub(r"\[[^\]]*\]", lambda reading: f"[{'-' * len(reading[0])}]", sentence)), key


def test_a_patron_is_never_blamed_nor_shown_a_code() -> None:
    for key, language, sentence in every_sentence():
        if key.startswith(("refusal.", "patron.")) and ".staff" not in key:
            assert not re.search(r"エラー|認証に失敗|不正|ERROR|[Ee]rror|\b[0-9A-F]{4}\b", sentence), (key, language)


def test_a_card_whose_pin_was_never_usable_is_nobodys_mistake() -> None:
    for language in Language:
        said = say("refusal.pin-unavailable.patron", language) + say("refusal.pin-unavailable.patron-next", language)
        assert not re.search(r"間違|まちがい|誤|違い|ちがい|3回|wrong|mistake|three", said)


def test_no_sentence_is_empty_and_marks_are_balanced() -> None:
    for key, language, sentence in every_sentence():
        assert sentence.strip() == sentence != "", (key, language)
        assert "||" not in sentence, (key, language)
        if language is Language.ENGLISH:
            assert not re.search(r"[぀-ヿ一-鿿]", sentence), key


def test_no_key_stands_twice_in_a_catalogue() -> None:
    for path in resource("i18n").rglob("*.po"):
        keys = [entry.msgid for entry in polib.pofile(str(path))]
        assert len(keys) == len(set(keys)), path.name


# --- what the code says and what the catalogues hold ------------------------------------------------------------------


def spoken() -> tuple[set[str], list[re.Pattern[str]]]:
    """The keys that stand in the code as they are, and a pattern for each that is put together there."""
    keys: set[str] = set()
    patterns: set[str] = set()
    for source in sorted((CHECKOUT / "kiosk").rglob("*.py")):
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            prefix = ""
            if isinstance(node, ast.Call) and node.args and SPEAKS_COMMAND.fullmatch(ast.unparse(node.func)):
                node, prefix = node.args[0], "command."
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                keys |= {prefix + node.value} if KEY.fullmatch(prefix + node.value) else set()
            elif isinstance(node, ast.JoinedStr):
                fixed = (re.escape(str(part.value)) if isinstance(part, ast.Constant) else WILD for part in node.values)
                patterns.add(re.escape(prefix) + "".join(fixed))
    return keys, [re.compile(pattern) for pattern in sorted(patterns) if NAMES_SOMETHING.match(pattern.replace(WILD, ""))]


def help_keys(parser: Parser) -> set[str]:
    """What the parser says of itself: argparse keeps it, the code puts the keys together from the names."""
    key = parser.key or "kiosk"
    keys = {f"command.{key}.help"}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            keys = keys.union(*(help_keys(child) for child in action.choices.values()))
        elif action.dest != "help":
            keys.add(f"command.{key}.{(action.option_strings or [action.dest])[0].lstrip('-')}")
    return keys


def test_every_key_in_the_code_is_in_a_catalogue() -> None:
    keys, patterns = spoken()
    held = {key for key, _, _ in every_sentence()}
    # "staff.status" in the code is the beginning of keys.
    unwritten = (keys | help_keys(build_parser())) - held - {key.rpartition(".")[0] for key in held}
    assert sorted(unwritten) == []
    assert [pattern.pattern for pattern in patterns if not any(map(pattern.fullmatch, held))] == []


def test_every_sentence_is_said_somewhere() -> None:
    keys, patterns = spoken()
    held = {key for key, _, _ in every_sentence()} - keys - help_keys(build_parser())
    assert sorted(key for key in held if not any(pattern.fullmatch(key) for pattern in patterns)) == []


# --- marks ------------------------------------------------------------------------------------------------------------


def test_marks_are_taken_away_for_reading_out() -> None:
    assert plain("カードを|置[お]いて ください") == "カードを置いて ください"


def test_phrases_break_only_where_marked() -> None:
    assert phrased("ab|c\nd") == "a\u2060b\u200bc\nd"
    assert phrased("ab cd") == "ab cd"


def test_blanks_are_filled_and_a_language_without_the_sentence_speaks_japanese() -> None:
    assert say("refusal.pin-wrong.patron-next", Language.ENGLISH, tries_left=2) == "Tries left: 2."
    assert say("command.run.help", Language.ENGLISH) == say("command.run.help")


def test_a_key_that_nobody_wrote_is_a_bug() -> None:
    with pytest.raises(KeyError):
        say("command.no-such-sentence")
