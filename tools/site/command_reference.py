"""The commands, from what each says with --help."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from kiosk.command_line import build_parser
from tools.site.markdown import code, table, text


def commands() -> Iterator[str]:
    """Markdown of all commands: a chapter for each, and a heading for each that is below it."""
    for words, parser in parsers():
        depth = len(words.split())
        yield f"\n({words.replace(' ', '-')})="
        yield f"{'#' * depth} {words}\n"
        yield f"{text(parser.description or '')}\n"
        if not _below(parser):
            yield f"```text\n{' '.join(parser.format_usage().split())}\n```"
            yield from _arguments(parser)


def parsers() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Each command by its words, `kiosk registry enrol`, with those above it."""
    for name, parser in _below(build_parser()).items():
        yield from _from(f"kiosk {name}", parser)


def _from(words: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    yield words, parser
    for name, each in _below(parser).items():
        yield from _from(f"{words} {name}", each)


def _below(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    return {
        name: each for action in parser._actions if isinstance(action, argparse._SubParsersAction) for name, each in action.choices.items()
    }


def _arguments(parser: argparse.ArgumentParser) -> Iterator[str]:
    rows = []
    for action in parser._actions:
        if action.help in (None, argparse.SUPPRESS) or isinstance(action, argparse._HelpAction) or action.dest == "home":
            continue
        value = "" if action.nargs == 0 else f" {action.metavar or action.dest}"
        given = ", ".join(action.option_strings) + value if action.option_strings else str(action.metavar or action.dest)
        rows.append((code(given), text((action.help or "").replace("%%", "%"))))
    if rows:
        yield from table(("書くもの", "意味"), rows)
