"""What pages of the manuals name is there: commands with their options, settings, messages, pictures."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

import polib
import pytest

from kiosk.domain.errors import Code
from kiosk.domain.health_outcomes import OUTCOMES
from kiosk.resource_files import resource
from kiosk.text import plain, say
from tests.support import ROOT
from tools.site.command_reference import parsers
from tools.site.config_reference import explained, settings
from tools.site.file_reasons import NEXT
from tools.site.made_pages import filled_in
from tools.site.markdown import text
from tools.site.pictures import KEPT, shown_in_pages

DOCS = ROOT / "docs"
SITE = sorted(path for path in DOCS.rglob("*.md") if path.name != "windows-branches.md")
PAGES = [*SITE, ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
COMMANDS = dict(parsers())
OPTIONS = {words: {option for action in parser._actions for option in action.option_strings} for words, parser in COMMANDS.items()}
EXAMPLES = ("config.toml", "registry/registry.toml")
MOST_CHARACTERS = 3200
PLACES = re.compile(r"「[^」\n]*」|`[^`\n]+`|^ *(?:sudo |call .* )?kiosk.*$", re.MULTILINE)
"""Where commands are written: quoted as staff read them, as code, and on lines of their own."""
NAMED_COMMAND = re.compile(r"\bkiosk(?:-registry)?((?: [a-z][a-z-]*)+)(.*)")
LISTED_VALUE = re.compile(r"(?:^|\s)\s+(\"[^\"]+\"|[a-z_]{2,}(?=\s{2}))")
NAMED_SETTING = re.compile(r"\[([a-z_]+)\] ([a-z_]+)")


def commands_in(source: str) -> Iterator[tuple[str, list[str]]]:
    """Words after `kiosk`, as far as they may be commands, and options."""
    for place in PLACES.findall(source):
        for part in re.split(r"(?=\bkiosk )|&&", place):
            if found := NAMED_COMMAND.search(part):
                yield found[1].strip(), re.findall(r"(?<=[ `])--[a-z][a-z-]*", found[2])


def command_of(words: str) -> str:
    """The longest command that these words begin with; empty if there is none."""
    named = words.split()
    return next((found for end in range(len(named), 0, -1) if (found := " ".join(["kiosk", *named[:end]])) in COMMANDS), "")


def is_there(words: str, options: list[str]) -> bool:
    command = command_of(words)
    if not command or set(options) - OPTIONS[command]:
        return False
    has_below = any(other.startswith(f"{command} ") for other in COMMANDS)
    return not has_below or len(words.split()) == len(command.split()) - 1


def test_every_command_that_a_page_names_is_there_with_its_options() -> None:
    named = [(page.name, *found) for page in PAGES for found in commands_in(page.read_text("utf-8"))]
    assert len(named) > 200
    assert [(page, words, options) for page, words, options in named if not is_there(words, options)] == []


def test_every_setting_that_a_page_names_is_there() -> None:
    every = {(setting.section, name) for file in EXAMPLES for setting in settings(file) for name in setting.names}
    for page in PAGES:
        source = page.read_text("utf-8")
        assert [found for found in NAMED_SETTING.findall(source) if found not in every] == [], page
        for example in re.findall(r"^ *```toml\n(.*?)^ *```", source, re.MULTILINE | re.DOTALL):
            told = tomllib.loads(re.sub(r"^ +", "", example, flags=re.MULTILINE))
            assert {(section, name) for section, values in told.items() for name in values} <= every, page


def test_every_message_and_finding_has_its_place() -> None:
    messages = filled_in((DOCS / "reference/messages.md").read_text("utf-8"))
    assert [code for code in Code if f"\n(message-{code})=\n" not in messages] == []
    findings = filled_in((DOCS / "reference/findings.md").read_text("utf-8"))
    assert [outcome for outcome in OUTCOMES if f"\n(check-{outcome.partition('.')[0]})=\n" not in findings] == []


def test_every_reason_that_commands_print_stands_on_the_page_of_messages() -> None:
    page = filled_in((DOCS / "reference/messages.md").read_text("utf-8"))
    told = {entry.msgid: entry.msgstr for entry in polib.pofile(str(resource("i18n/ja/command.po")))}
    reasons = {key: sentence for key, sentence in told.items() if key.startswith("command.why.")}
    assert len(reasons) > 200
    assert [key for key, sentence in reasons.items() if text(sentence) not in page] == []
    assert [name for name in NEXT if f"command.why.file.{name}" not in reasons] == []


def test_causes_of_lines_and_states_of_the_line_are_among_the_messages() -> None:
    messages = filled_in((DOCS / "reference/messages.md").read_text("utf-8"))
    assert text(say("command.registry.import.cause.card-twice")) in messages
    assert f"### {text(plain(say('staff.registry.left')))}\n" in messages


@pytest.mark.parametrize("file", EXAMPLES)
def test_every_value_that_an_example_lists_has_a_row_of_its_own(file: str) -> None:
    for setting in settings(file):
        listed = [value for line in setting.about if re.match(r"  {1,3}\S", line) for value in LISTED_VALUE.findall(line)]
        rows = {row.split(" | ")[0].strip("| `") for row in explained(setting) if row.startswith("| ")}
        assert [value for value in listed if value not in rows] == [], (setting.section, setting.names)


def test_the_pictures_that_pages_show_are_kept_and_no_others() -> None:
    assert {picture.stem for picture in KEPT.glob("*.png")} == shown_in_pages()
    assert sum(picture.stat().st_size for picture in KEPT.glob("*.png")) < 2_000_000


def test_no_page_is_longer_than_two_screens_without_a_heading() -> None:
    for page in SITE:
        source = re.sub(r"```.*?```|:::::.*?:::::", "", page.read_text("utf-8"), flags=re.DOTALL)
        parts = re.split(r"^#{1,4} .*$", source, flags=re.MULTILINE)
        assert [part.strip()[:60] for part in parts if len(part) > MOST_CHARACTERS] == [], page
