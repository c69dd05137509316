"""The command-line grammar: argparse with Japanese messages."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from enum import Enum, auto, unique
from typing import TYPE_CHECKING, Any, NoReturn

from kiosk.commands.output import MISUSE, words
from kiosk.config import Home

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

    from kiosk.config.registry_home import RegistryHome

Act = Callable[[Home, argparse.Namespace], int]
"""Runs a command and returns its exit code. Raises KioskError."""
ServerAct = Callable[["RegistryHome", argparse.Namespace], int]
"""The same for a command of the library's server."""


@unique
class ServerHome(Enum):
    """What becomes of a server's home in which there is nothing yet."""

    REFUSED = auto()
    DEFAULT_BEGUN = auto()
    """The default one is begun; one that was named may be a typing mistake: a person is asked, and a script refused."""
    BEGUN = auto()


class Commands:
    """One level of commands: those of `kiosk`, or those of `kiosk trust`."""

    def __init__(self, parser: Parser, prefix: str) -> None:
        self._prefix = prefix
        self._actions = parser.add_subparsers(title=words("parser.commands"), metavar=words("parser.command"))

    def add(self, name: str, act: Act | None = None, *, at_home: bool = True, windowed: bool = False, log: str = "commands") -> Parser:
        """Add a command with the help text `command.<name>.help`. Without an `act` it prints its help. `at_home`: prepare the home first.

        `windowed`: show start-up failures in a window too, since the command is started by an icon. `log` names the log file: the counter
        has its own, which no other process may rotate.
        """
        key = f"{self._prefix}{name}"
        parser: Parser = self._actions.add_parser(name, help=words(f"{key}.help"), key=key)
        parser.set_defaults(act=act or parser.explain_itself, at_home=at_home and act is not None, windowed=windowed, log=log)
        return parser

    def add_of_server(self, name: str, act: ServerAct, *, home: ServerHome = ServerHome.REFUSED, log: str = "commands") -> Parser:
        """Add a command of the library's server, which has a home of its own."""
        key = f"{self._prefix}{name}"
        parser: Parser = self._actions.add_parser(name, help=words(f"{key}.help"), key=key)
        parser.set_defaults(server_act=act, server_home=home, log=log)
        return parser


class Parser(argparse.ArgumentParser):
    """One command."""

    def __init__(self, *, key: str = "", **settings: Any) -> None:
        super().__init__(
            add_help=False, allow_abbrev=False, formatter_class=_Layout, description=words(f"{key or 'kiosk'}.help"), **settings
        )
        self.key = key
        self._given = self.add_argument_group(words("parser.given"))
        self._options = self.add_argument_group(words("parser.options"))
        self._options.add_argument("-h", "--help", action="help", help=words("parser.help"))
        # Allowed before or after the subcommand. SUPPRESS: if absent after it, the value given before is kept.
        self._options.add_argument("--home", type=_given, metavar="DIR", default=argparse.SUPPRESS, help=words("kiosk.home"))

    def subcommands(self) -> Commands:
        return Commands(self, f"{self.key}." if self.key else "")

    def given(self, name: str, **settings: Any) -> None:
        """Add a positional argument with the help text `command.<key>.<name>`."""
        self._given.add_argument(name, help=words(f"{self.key or 'kiosk'}.{name}"), **settings)

    def option(self, name: str, **settings: Any) -> None:
        """Add an option with the help text `command.<key>.<name without dashes>`."""
        self._options.add_argument(name, help=words(f"{self.key or 'kiosk'}.{name.lstrip('-')}"), **settings)

    def internal(self, name: str, **settings: Any) -> None:
        """Add an option that other programs of ours give, and help does not name."""
        self._options.add_argument(name, help=argparse.SUPPRESS, **settings)

    def explain_itself(self, home: Home, options: argparse.Namespace) -> int:
        self.print_help()
        return 0

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        """Raise OSError where it cannot be written, as for any output: argparse has kept silent of that since Python 3.12."""
        (sys.stdout if file is None else file).write(self.format_help())

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """What a command does not know, none does: it says so itself, with its own usage."""
        options, unknown = super().parse_known_args(args, namespace)
        if unknown and self.key:
            self.error(words("parser.unrecognized") % " ".join(unknown) + self._meant(unknown))
        return options, unknown

    def _meant(self, unknown: list[str]) -> str:
        # A start needs it only where something is written wrongly.
        import difflib

        known = list(self._option_string_actions)
        near = [name for word in unknown for name in difflib.get_close_matches(word.partition("=")[0], known, n=1, cutoff=0.6)]
        return words("parser.meant", options=" ".join(near)) if near else ""

    def error(self, message: str) -> NoReturn:
        """Print the usage and exit with 2. argparse's own message names the argument at fault."""
        self.print_usage(sys.stderr)
        print(words("parser.wrong", message=message), file=sys.stderr)
        raise SystemExit(MISUSE)


_ARGPARSE = {
    "argument %(argument_name)s: %(message)s": "argument",
    "expected one argument": "one-value",
    "expected at most one argument": "one-value",
    "expected at least one argument": "one-value",
    "the following arguments are required: %s": "required",
    "unrecognized arguments: %s": "unrecognized",
    "invalid choice: %(value)r (choose from %(choices)s)": "choice",
    "unknown parser %(parser_name)r (choices: %(choices)s)": "unknown-command",
    "invalid %(type)s value: %(value)r": "value",
    "not allowed with argument %s": "not-with",
    "ambiguous option: %(option)s could match %(matches)s": "ambiguous",
    "ignored explicit argument %r": "takes-no-value",
}
"""argparse's messages, and the keys of their replacements `command.parser.<key>` with the same placeholders."""


def _in_japanese(message: str) -> str:
    """Translate what argparse passes to gettext, the only hook it offers for custom messages."""
    return words(f"parser.{_ARGPARSE[message]}") if message in _ARGPARSE else message


argparse._ = _in_japanese  # type: ignore[attr-defined]


class _Layout(argparse.HelpFormatter):
    def add_usage(self, usage: str | None, actions: Iterable[argparse.Action], groups: Iterable[Any], prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, f"{words('parser.usage')} " if prefix is None else prefix)


def _given(text: str) -> str:
    if not text.strip():
        raise ValueError(text)
    return text
