"""Every sentence exists in every language with the same placeholders, and none is unused."""

from __future__ import annotations

import argparse
import ast
import re
import string
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import polib
import pytest

from kiosk.catalogue import sentences
from kiosk.command_line import build_parser
from kiosk.commands.parser import Parser
from kiosk.domain.circulation import Reason, Stop
from kiosk.domain.errors import Code
from kiosk.domain.itemservices import ITEM_SERVICES
from kiosk.domain.model import Language, Service
from kiosk.resource_files import resource
from kiosk.service_texts import keys_of
from kiosk.text import STAFF_PARTS, knows, patron_key, plain, plain_refusal, refusal, refusal_to_patron, say, stop_causes, stop_reasons

CHECKOUT = Path(__file__).parents[1]
PATRON_PARTS = ("patron", "slip")
JAPANESE_PARTS = ("staff", "refusal", "command", "course", "demo", "status")
KEY = re.compile(rf"(?:{'|'.join(PATRON_PARTS + JAPANESE_PARTS)})(?:\.[a-z0-9_-]+)+")
SPEAKS_COMMAND = re.compile(r"(?:output\.)?(?:words|tell)")
WILD = "[a-z0-9._-]+"
BEGINS_WITH_PART = re.compile(rf"(?:{'|'.join(PATRON_PARTS + JAPANESE_PARTS)})\\\.")
SPEAKERS = {
    "patron": "ui/patron/",
    "slip": "ui/slip/",
    "staff": "ui/staff/",
    "command": "commands/",
    "course": "demo/course/",
    "demo": "demo/",
    "status": "registry/status/",
}
"""The package that says most of a part's sentences, and may leave the part's name out."""
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
        for part in PATRON_PARTS + JAPANESE_PARTS
        for language in Language
        for key, sentence in catalogue(part, language).items()
    ]


@pytest.mark.parametrize("code", Code)
def test_every_code_is_told_to_staff_and_in_every_language_to_the_patron(code: Code) -> None:
    assert [part for part in STAFF_PARTS if not knows(f"refusal.{code}.{part}")] == []
    told = patron_key(code), f"{patron_key(code)}-next"
    assert [(key, language) for key in told for language in Language if not knows(key, language)] == []


def test_no_refusal_is_kept_that_no_code_says() -> None:
    assert {key.split(".")[1] for key in catalogue("refusal", Language.JAPANESE)} == {code.value for code in Code}
    told = {f"{patron_key(code)}{end}" for code in Code for end in ("", "-next")}
    for language in Language:
        assert {key for key in catalogue("patron", language) if key.startswith("patron.refusal.")} == told


@pytest.mark.parametrize("language", [language for language in Language if language is not Language.JAPANESE])
def test_a_language_holds_what_patrons_read_and_nothing_else(language: Language) -> None:
    """Staff work in Japanese: a new language is these catalogues, and each key of theirs."""
    assert {path.stem for path in resource(f"i18n/{language}").glob("*.po")} == set(PATRON_PARTS)
    for part in PATRON_PARTS:
        assert catalogue(part, language).keys() == catalogue(part, Language.JAPANESE).keys()


@pytest.mark.parametrize("part", PATRON_PARTS)
def test_a_sentence_has_the_same_blanks_in_every_language(part: str) -> None:
    japanese = catalogue(part, Language.JAPANESE)
    for language in Language:
        assert {key: blanks(text) for key, text in catalogue(part, language).items()} == {
            key: blanks(japanese[key]) for key in catalogue(part, language)
        }


def test_a_refusal_has_only_the_blanks_its_code_promises() -> None:
    made = {"until": {"year", "month", "day"}, "stops": {"reasons"}}
    for code in Code:
        promised = {blank for name in code.about.params for blank in (name, *made.get(name, ()))}
        told = [sentence for key, sentence in catalogue("refusal", Language.JAPANESE).items() if key.split(".")[1] == code]
        told += [say(f"{patron_key(code)}{end}", language) for language in Language for end in ("", "-next")]
        assert {blank for sentence in told for blank in blanks(sentence)} <= promised, code


@pytest.mark.parametrize("language", Language)
def test_every_language_of_patrons_has_its_name_for_staff(language: Language) -> None:
    assert knows(f"staff.language.{language}")


@pytest.mark.parametrize("stop", Stop)
def test_every_reason_of_a_stop_has_its_words(stop: Stop) -> None:
    assert stop_reasons(stop) == say(f"staff.stop.{stop}")


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_about_an_item_has_cause_and_next_step(reason: Reason) -> None:
    assert knows(f"staff.item.{reason}")
    assert knows(f"staff.item.{reason}-next")


def test_no_words_are_kept_for_a_stop_or_an_item_that_nobody_says() -> None:
    staff = catalogue("staff", Language.JAPANESE)
    assert {key for key in staff if key.startswith("staff.stop.")} == {f"staff.stop.{stop}" for stop in Stop}
    said = {f"staff.item.{reason}{end}" for reason in Reason for end in ("", "-next", *(f"-{one}-next" for one in ITEM_SERVICES))}
    said |= {key for service in ITEM_SERVICES for key in keys_of(service)}
    assert {key for key in staff if key.startswith("staff.item.")} <= said


def test_what_is_denied_is_no_reason_beside_the_systems_own_words() -> None:
    code, denied = Code.LIBRARY_CARD_STOPPED, "charge-denied renewal-denied hold-denied"
    assert stop_causes(denied) == ""
    assert "理由: 貸出の停止、貸出延長の停止、予約の停止" in plain_refusal(code, "staff", stops=denied)
    said = plain_refusal(code, "staff", stops=denied, said="Overdue")
    assert "停止、" not in said
    assert said.endswith("「Overdue」")


def test_a_stop_is_told_to_staff_with_its_reasons_and_to_the_patron_without() -> None:
    told = {"stops": "charge-denied too-many-overdue fines", "said": "Overdue [2] | see desk"}
    code = Code.LIBRARY_CARD_STOPPED
    said = "利用停止です。理由: 延滞、延滞金(図書館システムの表示)。表示された文言: 「Overdue {}2{} {} see desk」"
    assert refusal(code, "staff", **told) == said.format(*"［］｜")
    assert plain_refusal(code, "staff", **told) == said.format(*"[]|")
    for language in Language:
        assert refusal_to_patron(code, language, **told) == refusal_to_patron(code, language)


def test_a_stop_without_a_cause_names_what_is_denied_or_says_where_to_look() -> None:
    assert "理由: 貸出の停止、予約の停止(" in refusal(Code.LIBRARY_CARD_STOPPED, "staff", stops="hold-denied charge-denied", said="")
    assert refusal(Code.LIBRARY_CARD_STOPPED, "staff") == say("refusal.library-card-stopped.staff")


def test_staff_read_until_when_a_card_was_good_where_it_is_known() -> None:
    bare = say("refusal.library-card-expired.staff")
    assert refusal(Code.LIBRARY_CARD_EXPIRED, "staff") == bare
    assert refusal(Code.LIBRARY_CARD_EXPIRED, "staff", until="2026-03-31") == f"{bare}2026年3月31日までのカードです。"


def test_a_path_is_told_letter_for_letter() -> None:
    where: dict[str, str | int] = {"file": "/home/a[b]|c", "line": 1, "key": "k", "expected": "[a | b]"}
    assert plain_refusal(Code.CONFIG_INVALID, "staff", **where).startswith("設定ファイル /home/a[b]|c の1行目")


def test_a_patron_reads_every_kanji_of_easy_japanese() -> None:
    for key, sentence in catalogue("patron", Language.EASY_JAPANESE).items():
        assert not UNREAD.search(re.sub(r"\[[^\]]*\]", lambda reading: f"[{'-' * len(reading[0])}]", sentence)), key


def test_a_patron_is_never_blamed_nor_shown_a_code() -> None:
    for key, language, sentence in every_sentence():
        if key.startswith("patron."):
            assert not re.search(r"エラー|認証に失敗|不正|ERROR|[Ee]rror|\b[0-9A-F]{4}\b", sentence), (key, language)


def test_a_card_whose_pin_was_never_usable_is_nobodys_mistake() -> None:
    for language in Language:
        said = say("patron.refusal.pin-unavailable", language) + say("patron.refusal.pin-unavailable-next", language)
        assert not re.search(r"間違|まちがい|誤|違い|ちがい|3回|wrong|mistake|three", said)


def test_no_sentence_is_empty_and_marks_are_balanced() -> None:
    for key, language, sentence in every_sentence():
        assert sentence.strip(), (key, language)
        assert sentence == sentence.strip() or not key.startswith(("refusal.", "patron.")), (key, language)
        assert "||" not in sentence, (key, language)
        if language is Language.ENGLISH:
            assert not re.search(r"[぀-ヿ一-鿿]", sentence), key


def test_catalogues_are_read_as_all_the_world_reads_them() -> None:
    for path in resource("i18n").rglob("*.po"):
        entries = polib.pofile(str(path))
        assert sentences(path) == {entry.msgid: entry.msgstr for entry in entries}, path
        assert not entries.obsolete_entries() + entries.fuzzy_entries(), path


def test_no_key_stands_twice_in_a_catalogue() -> None:
    for path in resource("i18n").rglob("*.po"):
        keys = [entry.msgid for entry in polib.pofile(str(path))]
        assert len(keys) == len(set(keys)), path.name


# --- what the code says and what the catalogues hold ------------------------------------------------------------------


@dataclass
class Spoken:
    """What stands in the code: whole keys, and how keys are put together."""

    keys: set[str] = field(default_factory=set)
    patterns: set[str] = field(default_factory=set)
    ends: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Of each part: what its own package puts behind the part's name (`self._say("done.title")`), as patterns."""

    def hear(self, node: ast.AST, part: str) -> None:
        if isinstance(node, ast.Call) and node.args and SPEAKS_COMMAND.fullmatch(ast.unparse(node.func)):
            if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
                self.keys.add(f"command.{node.args[0].value}")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            self.keys |= {node.value} if KEY.fullmatch(node.value) else set()
            self.ends[part].add(re.escape(node.value))
        elif isinstance(node, ast.JoinedStr):
            pattern = "".join(re.escape(str(one.value)) if isinstance(one, ast.Constant) else WILD for one in node.values)
            if re.search("[a-z]{2}", pattern.replace(WILD, "")):
                self.ends[part].add(pattern)
            if BEGINS_WITH_PART.match(pattern):
                self.patterns.add(pattern)

    def says(self, key: str) -> bool:
        part, _, rest = key.partition(".")
        return (
            key in self.keys
            or any(re.fullmatch(pattern, key) for pattern in self.patterns)
            or any(re.fullmatch(pattern, rest) for pattern in self.ends[part])
        )


def spoken() -> Spoken:
    heard = Spoken({key for service in Service for key in keys_of(service)})
    for source in sorted((CHECKOUT / "kiosk").rglob("*.py")):
        place = source.relative_to(CHECKOUT / "kiosk").as_posix()
        part = next((part for part, folder in SPEAKERS.items() if place.startswith(folder)), "")
        nodes = list(ast.walk(ast.parse(source.read_text("utf-8"))))
        pieces = {id(piece) for node in nodes if isinstance(node, ast.JoinedStr) for piece in node.values}
        for node in nodes:
            if id(node) not in pieces:
                heard.hear(node, part)
    return heard


def help_keys(parser: Parser) -> set[str]:
    """What the parser says of itself: argparse keeps it, the code puts the keys together from the names."""
    key = parser.key or "kiosk"
    keys = {f"command.{key}.help"}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            keys = keys.union(*(help_keys(child) for child in action.choices.values()))
        elif action.dest == "home":
            # The same for every command.
            keys.add("command.kiosk.home")
        elif action.dest != "help" and action.help != argparse.SUPPRESS:
            keys.add(f"command.{key}.{(action.option_strings or [action.dest])[0].lstrip('-')}")
    return keys


def test_every_key_in_the_code_is_in_a_catalogue() -> None:
    heard = spoken()
    held = {key for key, _, _ in every_sentence()}
    # "staff.status" in the code is the beginning of keys; "patron.enter" may be the end of one.
    known = held | {key.rpartition(".")[0] for key in held}
    known |= {key.partition(".")[2] for key in known}
    assert sorted((heard.keys | help_keys(build_parser())) - known) == []
    assert [pattern for pattern in sorted(heard.patterns) if not any(re.fullmatch(pattern, key) for key in held)] == []


def test_every_sentence_is_said_somewhere() -> None:
    heard = spoken()
    held = {key for key, _, _ in every_sentence()} - help_keys(build_parser())
    assert sorted(key for key in held if not heard.says(key)) == []


# --- marks ------------------------------------------------------------------------------------------------------------


def test_marks_are_taken_away_for_reading_out() -> None:
    assert plain("カードを|置[お]いて ください") == "カードを置いて ください"


def test_blanks_are_filled_and_a_language_without_the_sentence_speaks_japanese() -> None:
    assert say("patron.refusal.pin-wrong-next", Language.ENGLISH, tries_left=2) == "Tries left: 2."
    assert say("command.run.help", Language.ENGLISH) == say("command.run.help")


def test_a_key_that_nobody_wrote_is_a_bug() -> None:
    with pytest.raises(KeyError):
        say("command.no-such-sentence")
