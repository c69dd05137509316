"""The command line: `kiosk [--home DIR] COMMAND`. Each command is a module of kiosk.commands."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from kiosk import log, streams
from kiosk.commands import NAMES, command, output
from kiosk.commands.breaking_off import break_off
from kiosk.commands.changed_rights import changed_rights_told
from kiosk.commands.confirmation import agrees, somebody_is_there
from kiosk.commands.parser import Parser
from kiosk.commands.unfinished_move import refuse_while_moving, unfinished_move_told
from kiosk.config import Home, LogSettings, begin_practice, default_home, home_at, read_settings
from kiosk.config.acting_account import act_for_a_member
from kiosk.config.admission import admitted_to
from kiosk.domain.errors import Code, KioskError, Unavailable
from kiosk.domain.escaping import escaped
from kiosk.memory_dumps import forbid_memory_dumps


def build_parser(asked: str | None = None) -> Parser:
    """The grammar of the command `asked`; of all, unless it is one of them."""
    parser = Parser(prog="kiosk", epilog=output.words("exit-codes"))
    parser.set_defaults(act=parser.explain_itself, at_home=False, windowed=False, practises=False, begins_practice=_never, home=None)
    parser.set_defaults(for_nobody=None, server_act=None, is_scripted=_never)
    commands = parser.subcommands()
    for name in [asked] if asked in NAMES else NAMES:
        command(name).add(commands)
    return parser


def _asked(arguments: Sequence[str]) -> str | None:
    words = iter(arguments)
    for word in words:
        if word == "--home":
            next(words, None)
        elif not word.startswith("-"):
            return word
    return None


def carry_out(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code. Raises BrokenPipeError if nobody reads our output any more."""
    parser = build_parser(_asked(arguments))
    try:
        with streams.flushed():
            options = parser.parse_args(arguments)
    except BrokenPipeError:
        raise
    except OSError as error:
        return break_off(error, None)
    windowed = options.windowed and not options.is_scripted(options)
    forbid_memory_dumps()
    try:
        with _for_this_user_alone():
            return _at_home(options, windowed=windowed) if options.server_act is None else _at_servers_home(options)
    except KioskError as error:
        try:
            return output.complain(error)
        finally:
            if windowed:
                from kiosk.commands.display import show_trouble

                show_trouble(error)
    except BrokenPipeError:
        raise
    except Exception as error:
        # Before the log was opened.
        return break_off(error, None, windowed=windowed)


def _never(options: argparse.Namespace) -> bool:
    """Default of `begins_practice`: a command does not create a practice home; and of `is_scripted`: people start it."""
    return False


def _at_home(options: argparse.Namespace, *, windowed: bool) -> int:
    home = default_home() if options.home is None else home_at(options.home)
    chosen = options.home is not None or bool(os.environ.get("KIOSK_HOME"))
    aside = options.practises and options.home is None
    if aside:
        home = home.for_practice()
    with contextlib.ExitStack() as stack:
        if options.at_home:
            if not (chosen or aside):
                refuse_while_moving()
            stack.enter_context(unfinished_move_told())
            stack.enter_context(changed_rights_told())
            try:
                act_for_a_member(home.folder)
            except Unavailable:
                if options.for_nobody is None:
                    raise
                return _act(lambda: options.for_nobody(home, options), None)
            os.umask(admitted_to(home.folder).umask)
            if not options.practises:
                home.refuse_practice()
            if aside or home.is_for_practice() or (options.begins_practice(options) and not home.is_begun()):
                begin_practice(home)
            else:
                _begin(home, chosen=chosen)
            stack.enter_context(log.kept_in(home.logs, _log_settings(home), options.log))
        code = _act(lambda: options.act(home, options), home.logs if options.at_home else None, windowed=windowed)
        if options.at_home:
            _tell_of_log(home.logs, code, options.log)
        return code


def _at_servers_home(options: argparse.Namespace) -> int:
    # Only the server's commands load this.
    from kiosk.commands.server_home import log_settings, prepared

    home = prepared(options.home, options.server_home)
    with log.kept_in(home.logs, log_settings(home), options.log):
        code = _act(lambda: options.server_act(home, options), home.logs)
        _tell_of_log(home.logs, code, options.log)
    return code


def _tell_of_log(folder: Path, code: int, name: str) -> None:
    """Say that no log can be written. After the command's own output: if the command itself failed, that must be fixed first."""
    if (code == output.OK or name == "commands") and (trouble := log.unwritable(folder, name)):
        output.warn("log-unwritable", folder=str(folder), why=output.file_why(trouble))


def _begin(home: Home, *, chosen: bool) -> None:
    """Create what is missing in the home. If the chosen home does not exist, which may be a typing mistake, a person is asked and a script
    is refused.

    Raises Unavailable as `Home.prepare` does, and home-unusable if creating it is not confirmed.
    """
    if chosen and not home.is_begun():
        place = str(home.folder)
        if not (somebody_is_there() and agrees(output.words("home.ask", place=escaped(place)))):
            raise Unavailable(Code.HOME_UNUSABLE, place=place, reason="not-begun")
    home.prepare()


@contextlib.contextmanager
def _for_this_user_alone() -> Iterator[None]:
    """Create all files 0600 or 0700 meanwhile, ours and those of libraries and child processes, whatever the inherited umask; in the home
    of a group `_at_home` lets that group in.
    """
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _act(act: Callable[[], int], logs: Path | None, *, windowed: bool = False) -> int:
    try:
        code = act()
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return 130
    except KioskError:
        raise
    except BrokenPipeError as error:
        # Whoever clicked an icon reads no output: if that still works, another pipe has broken.
        if not windowed or streams.write_no_more():
            raise
        return break_off(error, logs, windowed=True)
    except Exception as error:
        return break_off(error, logs, windowed=windowed)


def _log_settings(home: Home) -> LogSettings:
    """The log settings; the defaults if the configuration is wrong, which the command itself reports."""
    try:
        return read_settings(home.config).log
    except KioskError:
        return LogSettings()
