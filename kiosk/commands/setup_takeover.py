"""What `kiosk setup --machine` takes over for mass installation: a config and an enrolment file that somebody has prepared elsewhere.

Both are read and checked before anything is changed. The enrolment file is copied beside the counter's keys until it has served: whatever
keeps the counter from being enrolled today (its server is away), the next `kiosk setup --machine` goes on, with or without the file. The
copy is erased then, or once the code in it is of no use; the original is left to people. The counter's group may read it meanwhile, also a
code for many: whoever works at a counter may be trusted with it for the days that it serves.
"""

from __future__ import annotations

import argparse
import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.argument_types import given
from kiosk.commands.enrol import enrol_at
from kiosk.commands.enrolment_file_text import written_out
from kiosk.config import Home, check_settings, default_config, read_settings
from kiosk.config.acting_account import acting_as_member
from kiosk.config.atomic_write import replace_file, sync_folder
from kiosk.config.enrolment_copy import enrolment_copy, forget_strays
from kiosk.config.file_access import read_regular
from kiosk.config.file_replacement import delete
from kiosk.config.free_names import name_before
from kiosk.config.machine_place import has_machine_home, machine_folder
from kiosk.config.private_files import read_private
from kiosk.config.reading import CONFIG
from kiosk.config.text_encoding import decoded
from kiosk.domain.calendar import second_in_japan
from kiosk.domain.enrolment_file import EnrolmentFile, NewerForm
from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.domain.escaping import escaped
from kiosk.equipment import key_place_of, now, open_repository
from kiosk.program_version import program_version

if TYPE_CHECKING:
    from kiosk.store.sync.tls import Authority

_OF_NEWER = frozenset({"unknown", "section", "outside"})
"""How what a later version can be told looks to this one."""
_NO_ANSWER = frozenset({Code.REGISTRY_UNREACHABLE, Code.REGISTRY_NOT_TRUSTED, Code.REGISTRY_ANSWER_UNEXPECTED})
"""How it is told that the server itself could not be asked."""


@dataclass(frozen=True, slots=True)
class Files:
    """What was given, as it was when it was checked."""

    config: bytes | None
    config_path: Path | None
    enrolment: EnrolmentFile | None
    enrolment_path: Path | None


def read_files(options: argparse.Namespace) -> Files | int:
    """Read and check the files given; the exit code if they cannot be used, and all that is wrong was told."""
    try:
        return _read_files(options)
    except KioskError as error:
        code = output.complain(error)
        output.warn("setup.files-unused")
        return code


def _read_files(options: argparse.Namespace) -> Files | int:
    config: bytes | None = None
    if options.config_file is not None:
        with given(options.config_file):
            config = read_regular(options.config_file)
    enrolment = None if options.enrolment is None else _read_enrolment(options.enrolment)
    if config is not None or enrolment is not None:
        path, mistakes = _mistakes(options.config_file, config)
        if mistakes and path is None:
            output.warn("setup.config-none")
            return output.MISUSE
        for mistake in mistakes:
            output.complain(mistake)
        if any(mistake.params.get("reason") in _OF_NEWER for mistake in mistakes):
            output.warn("setup.config-newer", version=program_version())
        if mistakes:
            output.warn("setup.config-wrong", file=escaped(str(path)))
            return output.MISUSE
    return Files(config, options.config_file, enrolment, options.enrolment)


def _mistakes(path: Path | None, config: bytes | None) -> tuple[Path | None, list[Refused]]:
    """Of the config given; without one, of the one that is there, or would be made (and is no file yet): a counter that is enrolled needs a
    whole one.
    """
    ours = Home(machine_folder())
    if path is not None and config is not None:
        return path, CONFIG.check_content(path, config)
    if has_machine_home():
        with acting_as_member(ours.folder):
            if ours.config.exists():
                return ours.config, check_settings(ours.config)
    return None, CONFIG.check_content(ours.config, default_config().encode())


def _read_enrolment(path: Path) -> EnrolmentFile:
    from kiosk.store.sync.server_url import ServerUrl

    with given(path):
        raw = read_regular(path)
    file = _parsed(raw, path)
    ServerUrl.parse(file.address)
    if file.is_over(now()) and not has_machine_home():
        raise _expired(file, path)
    # Otherwise a start-up script may bring the same file again and again, and the place is put right all the same.
    return file


def _was_used_here(file: EnrolmentFile) -> bool:
    home = Home(machine_folder())
    with acting_as_member(home.folder):
        known = _name_at(home, file)
    return known is not None and file.may_be_for(known)


def _parsed(raw: bytes, path: Path) -> EnrolmentFile:
    try:
        return EnrolmentFile.parse(decoded(raw))
    except NewerForm as error:
        raise Refused(Code.ENROLMENT_FILE_UNUSABLE, reason="newer", place=str(path)) from error
    except (ValueError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise Refused(Code.ENROLMENT_FILE_UNUSABLE, reason="damaged", place=str(path)) from error


def _expired(file: EnrolmentFile, path: Path) -> Refused:
    return Refused(
        Code.ENROLMENT_FILE_UNUSABLE, reason="expired", place=str(path), name=escaped(file.name), until=second_in_japan(file.until)
    )


def would_take_over(files: Files) -> int:
    """Say what `take_over` would do."""
    if files.config_path is not None:
        output.tell("setup.would-take-config", file=escaped(str(files.config_path)))
    if files.enrolment is not None and files.enrolment_path is not None:
        if files.enrolment.is_over(now()) and not _was_used_here(files.enrolment):
            return output.complain(_expired(files.enrolment, files.enrolment_path))
        output.tell("setup.would-enrol", name=escaped(files.enrolment.name), url=escaped(files.enrolment.address))
    return output.OK


def take_over(files: Files) -> int:
    """Give the computer's counter, which is there, what was handed over, and enrol it. What is right already is left alone.

    Returns 1 if it could not be enrolled, having said why and what becomes of the copy. Raises KioskError; OSError.
    """
    home = Home(machine_folder())
    forget_strays()
    if files.config is None and files.enrolment is None and not os.path.lexists(enrolment_copy()):
        return output.OK
    with acting_as_member(home.folder):
        if files.config is not None:
            _take_config(home, files.config)
        if files.enrolment is not None and files.enrolment_path is not None:
            return _take_enrolment(home, files.enrolment, files.enrolment_path)
        return _enrol(home) if os.path.lexists(enrolment_copy()) else output.OK


def _take_enrolment(home: Home, file: EnrolmentFile, path: Path) -> int:
    is_over = file.is_over(now())
    try:
        if _is_enrolled(home, file):
            output.tell("enrol.already", name=escaped(_name_at(home, file) or file.name), url=escaped(file.address))
            _erase(enrolment_copy())
            return output.OK
    except Unavailable as error:
        if error.code not in _NO_ANSWER:
            raise
        if is_over:  # it may be enrolled, and an old file is no fault then
            return output.complain(error)
    if not is_over:
        replace_file(enrolment_copy(), written_out(file))
        sync_folder(enrolment_copy().parent)
    elif not os.path.lexists(enrolment_copy()):
        output.complain(_expired(file, path))
        output.warn("setup.enrolment-expired")
        return output.PROBLEM
    return _enrol(home)


def _take_config(home: Home, config: bytes) -> None:
    present = read_regular(home.config) if home.config.exists() else None
    if present == config:
        output.tell("setup.config-same")
        return
    if present is not None and present != default_config().encode():
        before = name_before(home.config)
        replace_file(before, present)
        output.tell("setup.config-before", file=escaped(str(before)))
    replace_file(home.config, config)
    sync_folder(home.config.parent)
    output.tell("setup.config-taken", file=escaped(str(home.config)))


def _enrol(home: Home) -> int:
    """With the copy, which is erased unless it may serve later."""
    path, until = enrolment_copy(), ""
    raw = read_private(path)
    try:
        file = _parsed(raw, path)
        if file.is_over(now()):
            raise _expired(file, path)
        _check_name(home, file)
        until = second_in_japan(file.until)
        code = enrol_at(home, file.address, file.code.formatted)
    except Refused as error:
        # Said again, it would be refused again.
        _erase(path)
        output.complain(error)
        output.warn("setup.enrolment-dropped")
        return output.PROBLEM
    except Unavailable as error:
        output.complain(error)
        output.warn("setup.enrolment-kept", until=until)
        return output.PROBLEM
    _erase(path)
    output.tell_done("setup.enrolment-original")
    return code


def _erase(path: Path) -> None:
    delete(path, missing_ok=True)
    sync_folder(path.parent)


def _check_name(home: Home, file: EnrolmentFile) -> None:
    """With the file of another computer the server would be told a new address of this one, and nothing else be done."""
    known = _name_at(home, file)
    if known is not None and not file.may_be_for(known):
        raise Refused(Code.ENROLMENT_FILE_UNUSABLE, reason="name", name=escaped(str(known)), file=escaped(file.name))


def _is_enrolled(home: Home, file: EnrolmentFile) -> bool:
    """Whether this counter is the server's already, under this name, and the server that the code was made for says so. Raises Unavailable:
    one of _NO_ANSWER.
    """
    from kiosk.store.sync.enrolment import is_known_at
    from kiosk.store.sync.server_url import ServerUrl

    known = _membership(home, file)
    if known is None or not file.may_be_for(known.name):
        return False
    return is_known_at(ServerUrl.parse(file.address), known.authority, known.secret, program_version())


def _name_at(home: Home, file: EnrolmentFile) -> str | None:
    """What the server of that file calls this counter; None if it is not that server's, or not any more, as far as is known here."""
    known = _membership(home, file)
    return None if known is None else known.name


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    authority: Authority
    secret: str = field(repr=False)


def _membership(home: Home, file: EnrolmentFile) -> _Member | None:
    """Of the counter there, if it has been enrolled where the file says, by the same authority, and was not erased since."""
    from kiosk.store.authority_file import kept_authority
    from kiosk.store.sync.server_url import ServerUrl
    from kiosk.store.sync.tls import Authority

    settings = read_settings(home.config)
    record = key_place_of(home, settings).store.load()
    if not home.has_store() or record is None or not record.secret or record.is_erased:
        return None
    repository, _ = open_repository(home, settings)
    with repository:
        known = repository.membership()
    if known is None or known.shut_out is not None or known.registry != str(ServerUrl.parse(file.address)):
        return None
    try:
        authority = Authority(kept_authority(home.store, record.authority))
    except Unavailable:  # it is lost: a code brings it again
        return None
    return _Member(known.counter, authority, record.secret) if file.code.names(authority.der) else None
