"""Pages for `man`: in Japanese from the commands' own help, in English from resources/installer/debian."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path

from kiosk.command_line import build_parser
from tools.installer.debian_documents import pack
from tools.installer.program import source_date
from tools.installer.requirements import ROOT

PAGES = ROOT / "resources" / "installer" / "debian"


def command_names() -> list[str]:
    """Of `kiosk`."""
    return [name for name, _ in _commands(build_parser())]


def write_pages(root: Path, name: str, version: str, commands: Collection[str]) -> None:
    """Of the program `name`, which has these commands."""
    date = datetime.fromtimestamp(source_date(), UTC).strftime("%Y-%m-%d")
    english = (PAGES / f"{name}.1").read_text(encoding="utf-8").replace("@DATE@", date).replace("@VERSION@", version)
    pack(root / f"usr/share/man/man1/{name}.1.gz", english)
    pack(root / f"usr/share/man/ja/man1/{name}.1.gz", "\n".join(_japanese(name, version, date, commands)) + "\n")


def _japanese(name: str, version: str, date: str, commands: Collection[str]) -> Iterator[str]:
    parser = build_parser()
    yield f'.TH {name.upper()} 1 "{date}" "{version}"'
    yield ".SH 名前"
    yield f"{name} \\- {_plain(parser.description)}"
    yield ".SH 書式"
    yield f".B {name}\n[\\-h] [\\-\\-home DIR] コマンド ..."
    yield ".SH オプション"
    yield from _arguments(parser)
    yield ".SH コマンド"
    for command, each in _commands(parser):
        if command in commands:
            yield from _of_command(f"{name} {command}", each)
    yield ".SH 終了コード"
    yield _plain(parser.epilog)


def _of_command(words: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    below = list(_commands(parser))
    yield f'.SS "{_plain(words)}"'
    yield _plain(parser.description)
    yield from _arguments(parser)
    for command, each in below:
        yield from _of_command(f"{words} {command}", each)


def _arguments(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction) or action.help in (None, argparse.SUPPRESS):
            continue
        if isinstance(action, argparse._HelpAction) or (action.dest == "home" and parser.prog != "kiosk"):
            continue
        value = "" if action.nargs == 0 else f" {action.metavar or action.dest}"
        yield ".TP"
        yield f".B {_plain(', '.join(action.option_strings) + value if action.option_strings else str(action.metavar or action.dest))}"
        yield _plain(action.help)


def _commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def _plain(text: str | None) -> str:
    """As troff shows it unaltered: nothing in it is a request (groff_char(7), groff(7))."""
    lines = (text or "").replace("%%", "%").replace("\\", "\\e").replace("-", "\\-").splitlines()
    return "\n".join(f"\\&{line}" if line.startswith((".", "'")) else line for line in lines)
