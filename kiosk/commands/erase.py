"""kiosk erase: removes all data of this counter from the computer, after a confirmation in words."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.confirmation import answer_to, somebody_is_there
from kiosk.commands.erase_loss import UNKNOWN, Loss, loss_of, tell_server
from kiosk.commands.parser import Commands
from kiosk.config import Home, KeySettings, read_settings
from kiosk.config.acting_account import acting_as_member
from kiosk.config.file_access import unusable
from kiosk.config.home_marker import Purpose, purpose_of
from kiosk.config.machine_place import has_machine_home, is_machine_home, is_move_begun, machine_folder, machine_keys_folder
from kiosk.config.reading import CONFIG
from kiosk.config.roots_places import check_as_root
from kiosk.domain.errors import Code, KioskError, Unavailable
from kiosk.domain.escaping import escaped
from kiosk.ledger.running_lock import RunningLock

if TYPE_CHECKING:
    from kiosk.store.key_location import KeyPlace


def add(commands: Commands) -> None:
    # The home is not prepared: it may be half erased.
    erasing = commands.add("erase", erase, at_home=False)
    erasing.option("--yes", action="store_true")
    erasing.option("--lose", metavar="N")
    # Of the uninstaller, which asks for itself: the number to confirm (0, or "unknown"), then the same in words. Nothing is changed.
    erasing.internal("--count-lost", action="store_true")


def erase(home: Home, options: argparse.Namespace) -> int:
    """Ended at any point, the same once more finishes. Where the computer's counter is, only an administrator may."""
    from kiosk.config.machine_removal import finish_removal, forget_removal, is_removal_begun
    from kiosk.config.machine_setup import is_administrator
    from kiosk.config.setup_lock import alone, forget_lock

    chosen = os.environ.get("KIOSK_HOME") if options.home is None else None
    try:
        if chosen and (options.yes or is_administrator()):
            # Nobody has been shown which counter that is, or it is not the administrator who says so (kiosk.environment).
            output.warn("erase.home-chosen", folder=escaped(chosen))
            return output.MISUSE
        if is_move_begun():
            raise Unavailable(Code.COUNTER_MOVING)
        if options.home is None and not has_machine_home() and is_administrator() and is_removal_begun():
            if options.count_lost:
                return _tell_loss(Loss())
            with alone():
                keys_left = finish_removal()
            output.tell_done("erase.finished")
            _tell_machines(keys_left)
            forget_removal()
            if not home.has_begun():
                return output.OK
            # The account's own counter, the default by now, is not what was being erased.
            output.warn("erase.own-stays", folder=escaped(str(home.folder)))
            return output.PROBLEM
        if is_machine_home(home.folder):
            if not is_administrator():
                raise _impossible("not-administrator")
            with alone():
                # By its own name: where a link leads, whoever has laid it says anew each time.
                code = _erase(Home(machine_folder()), options, is_machines=True)
            if not options.count_lost:
                # Last of all, so that the same command once more is never taken for one about the account's own counter.
                forget_removal()
            return code
        if options.home is None and is_administrator() and not options.count_lost:
            forget_lock()
        check_as_root(home.folder)
        return _erase(home, options, is_machines=False)
    except OSError as error:
        raise unusable(error, Path(error.filename or home.folder)) from error


def _erase(home: Home, options: argparse.Namespace, *, is_machines: bool) -> int:
    from kiosk.commands.setup_policies import undo_with_the_counter
    from kiosk.config.machine_removal import remove_place
    from kiosk.store.home_erasing import erase_keys, erase_store, remove_beside, remove_files, remove_home

    _refuse_others(home)
    with acting_as_member(home.folder):
        place = _key_place(home)
        is_there = home.has_begun()
        if not is_machines and not _is_a_counters(home, place):
            if options.count_lost:
                return _tell_loss(Loss())
            if is_there or _has_any(home.folder):
                raise _impossible("nothing-there", place=str(home.folder))
            output.tell("erase.none", folder=escaped(str(home.folder)))
            return output.OK
        outside = _outside(home)
        with _not_running(home if is_there else None):
            loss = loss_of(home, place)
            if options.count_lost:
                return _tell_loss(loss)
            _confirm(home, place, loss, options)
            if is_machines:
                _close_to_members()
            told = tell_server(home, loss)
            if is_there:
                erase_store(home, place)
            with _partly():
                erase_keys(place)
                if is_there and not is_machines:
                    remove_files(home)
    with _partly():
        if is_machines:
            undo_with_the_counter()
            # Of what other members have laid there, the member has left what is not its own.
            remove_beside(place)
        keys_left = remove_place() if is_machines else []
        left = [] if is_machines else remove_home(home)
    output.tell_done("erase.done", folder=escaped(str(home.folder)))
    for key, paths in (("erase.left", left), ("erase.outside", outside)):
        if paths:
            output.tell_done(key, places=", ".join(escaped(str(path)) for path in paths))
    if is_machines:
        _tell_machines(keys_left)
    if loss.membership is not None:
        output.tell_done(f"erase.server-{'told' if told else 'untold'}", name=loss.membership.counter)
    output.tell_done("erase.elsewhere")
    return output.OK


@contextmanager
def _partly() -> Iterator[None]:
    """What stops from here on stops after the keys."""
    try:
        yield
    except (KioskError, OSError):
        output.warn("erase.partly")
        raise


def _has_any(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except FileNotFoundError:
        return False


def _close_to_members() -> None:
    """Until all has gone, or `kiosk setup --machine` opens the place again, which is said if it stops here. Raises OSError."""
    if sys.platform == "win32":
        # Files are deleted by name there, and a member could lay a junction under one:
        # https://learn.microsoft.com/windows/win32/fileio/hard-links-and-junctions. Elsewhere root acts as a member.
        from kiosk.config.windows_acl import close
        from kiosk.config.windows_object import Links

        try:
            for folder in (machine_folder(), machine_keys_folder()):
                with suppress(FileNotFoundError):
                    close(folder, Links.REMOVED)
        except OSError:
            output.warn("erase.closed")
            raise


def _tell_machines(keys: list[str]) -> None:
    """What stays of the computer's counters."""
    from kiosk.commands.setup_outcome import tell_keys
    from kiosk.config.machine_removal import put_aside

    tell_keys(keys)
    if kept := put_aside():
        output.tell_done("erase.unused", places=", ".join(escaped(str(place)) for place in kept))


def _is_a_counters(home: Home, place: KeyPlace) -> bool:
    """Whether something says so: many a folder has a `data`, or a config.toml. Raises Unavailable; OSError."""
    with suppress(FileNotFoundError):
        if purpose_of(home.folder) is Purpose.COUNTER:
            return True
    return home.has_store() or place.store.load() is not None


def _refuse_others(home: Home) -> None:
    """Raises Unavailable: home-unusable, for a home of another kind; OSError."""
    home.refuse_practice()
    with suppress(FileNotFoundError):
        if purpose_of(home.folder) is Purpose.REGISTRY:
            raise Unavailable(Code.HOME_UNUSABLE, place=str(home.folder), reason="for-registry")


def _key_place(home: Home) -> KeyPlace:
    """Where its keys are, though other settings may be wrong, or nothing decided yet."""
    from kiosk.store.key_location import key_place

    if is_machine_home(home.folder):
        return key_place(home.store, "machine", machine_keys_folder())
    keys: KeySettings = CONFIG.read_section(home.config, "keys") if home.config.exists() else KeySettings()
    return key_place(home.store, keys.place, home.keys_folder(keys))


def _outside(home: Home) -> list[Path]:
    """What the settings name that lies elsewhere, and where folders of the home lead: it may be others' as well."""
    from kiosk.store.home_files import places_in

    named = {link.resolve(): None for place in places_in(home.folder) if (link := place.link()) is not None}
    with suppress(KioskError):
        settings = read_settings(home.config)
        named |= dict.fromkeys((home.crl_folder(settings.card), home.slip_folder(settings.slip)))
    return [folder for folder in named if not folder.is_relative_to(home.folder) and folder.exists()]


@contextmanager
def _not_running(home: Home | None) -> Iterator[None]:
    """Raises Unavailable: erase-impossible."""
    if home is None:
        yield
        return
    try:
        lock = RunningLock(home.lock)
    except Unavailable as error:
        if error.code is Code.ALREADY_RUNNING:
            raise _impossible("running") from error
        raise
    with lock:
        yield


def _tell_loss(loss: Loss) -> int:
    print(loss.lost or 0)
    if loss.told:
        print(loss.told)
    return output.OK


def _confirm(home: Home, place: KeyPlace, loss: Loss, options: argparse.Namespace) -> None:
    """Raises Unavailable: erase-impossible, unless it was confirmed in words."""
    output.tell("erase.what", folder=escaped(str(home.folder)), keys=escaped(place.store.describe().place))
    if (kept := place.of_another_folder()) is not None:
        output.tell("erase.keys-elsewhere", keys=escaped(kept[0]), first=escaped(kept[1]))
    if loss.lost:
        print(loss.told)
    if options.yes:
        if loss.lost and options.lose != loss.lost:
            raise _impossible("lost", lost=loss.lost)
        return
    if not somebody_is_there():
        raise _impossible("script")
    word = output.words("erase.word")
    asked = [(word, output.words("erase.ask", word=word))]
    if loss.lost == UNKNOWN:
        unknown = output.words("erase.word-unknown")
        asked.insert(0, (unknown, output.words("erase.ask-unknown", word=unknown)))
    elif loss.lost:
        asked.insert(0, (loss.lost, output.words("erase.ask-lost", lost=loss.lost)))
    for expected, question in asked:
        if answer_to(question).strip("「」") != expected:
            raise _impossible("not-confirmed")


def _impossible(reason: str, **params: str) -> Unavailable:
    return Unavailable(Code.ERASE_IMPOSSIBLE, reason=reason, **params)
