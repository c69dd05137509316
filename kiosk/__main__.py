"""The command line: `kiosk [--home DIR] COMMAND`. Every command is a module of kiosk.commands."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence

from kiosk import log
from kiosk.commands import EVERY_COMMAND, output
from kiosk.commands.parser import Act, Parser, home_option
from kiosk.config import Home, LogSettings, default_home, read_settings
from kiosk.domain.errors import KioskError


def build_parser() -> Parser:
    parser = Parser(prog="kiosk", epilog=output.words("exit-codes"))
    parser.set_defaults(act=parser.explain_itself, at_home=False)
    home_option(parser)
    commands = parser.subcommands()
    for command in EVERY_COMMAND:
        command.add(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command: 0 is fine, 1 a problem was found, 2 the command line or the config is wrong, 130 ended by Ctrl-C."""
    _speak_utf8()
    options = build_parser().parse_args(arguments)
    home = Home(options.home) if options.home else default_home()
    log.forbid_core_dumps()
    try:
        with contextlib.ExitStack() as stack:
            if options.at_home:
                home.prepare()
                stack.enter_context(log.kept_in(home.logs, _log_settings(home), options.log))
            return _carry_out(home, options)
    except KioskError as error:
        return output.complain(error)


def _carry_out(home: Home, options: argparse.Namespace) -> int:
    act: Act = options.act
    try:
        code = act(home, options)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return 130
    except KioskError:
        raise
    except BrokenPipeError:
        # Whoever read our output (`| head`) has read enough. What is left must not be written when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return output.PROBLEM
    except Exception as error:
        print(output.words("bug", incident=log.record_incident(error), folder=str(home.logs)), file=sys.stderr)
        return output.PROBLEM


def _log_settings(home: Home) -> LogSettings:
    """A config that is wrong is the command's to complain of; it is logged all the same."""
    try:
        return read_settings(home.config).log
    except KioskError:
        return LogSettings()


def _speak_utf8() -> None:
    """A console or a pipe whose code page lacks a letter gets "?" for it, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
