"""The two sides between which `kiosk setup` moves a counter: an account's home, and the computer's."""

from __future__ import annotations

import stat
import sys
from dataclasses import replace
from pathlib import Path

from kiosk.config import Home, read_settings
from kiosk.config.acting_account import Account, account_named, account_of, acting_for
from kiosk.config.admission import check_admitted
from kiosk.config.home import account_home
from kiosk.config.kept_for_administrators import keep_closed
from kiosk.config.machine_place import has_machine_home, is_administrators, machine_folder, machine_keys_folder
from kiosk.config.machine_setup import make_staged
from kiosk.config.move_journal import PlannedMove
from kiosk.config.path_settings import changed_by_move
from kiosk.config.private_files import make_folder
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.escaping import escaped
from kiosk.equipment import open_repository
from kiosk.store.key_file import keys_folder_in
from kiosk.store.key_location import key_place
from kiosk.store.move_places import Place


def home_of(account: Account | None) -> Home:
    """The home that an account has by itself."""
    return account_home() if account is None else Home(account.folder / ".local" / "share" / "library-card-kiosk")


def planned(move: PlannedMove) -> PlannedMove:
    """Complete a plan by whose home it is, and where that has its keys. Raises Unavailable: setup-impossible; as settings do; OSError."""
    home, computers = Home(Path(move.folder)), Home(machine_folder())
    account = account_named(move.account) if move.account else account_of(home.folder)
    if move.account and account is None:
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="account-unknown", account=move.account)
    with acting_for(account):
        if move.to_account:
            _check_member(computers.folder, account)
        source = computers if move.to_account else home
        keys = read_settings(source.config).keys
        _check_paths(source.config)
    folder = home.keys_folder(keys) or (None if account is None else keys_folder_in(account.folder / ".config"))
    return replace(move, account="" if account is None else account.name, keys_place=keys.place, keys_folder=str(folder or ""))


def _check_paths(config: Path) -> None:
    """No path in it is rewritten: where several accounts can read what one had in its own folder, only people know."""
    if changed := changed_by_move(config):
        listed = ", ".join(f'{name} = "{value}"' for name, value in changed.items())
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="paths", settings=escaped(listed), place=str(config))


def _check_member(folder: Path, account: Account | None) -> None:
    try:
        check_admitted(folder)
    except Unavailable as error:
        if account is None:
            raise
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="account-not-member", account=account.name, group=error.params["group"]) from error


def sides(move: PlannedMove) -> tuple[Place, Place]:
    """Source and target. Raises Unavailable: setup-impossible (keys-unreachable, account-not-member)."""
    home, computers = Home(Path(move.folder)), Home(machine_folder())
    account = account_named(move.account) if move.account else None
    if move.to_account and account is not None and has_machine_home():
        with acting_for(account):
            _check_member(computers.folder, account)
    computer = Place(
        computers,
        key_place(computers.store, "machine", machine_keys_folder()),
        # Members of the group may change what lies there: what goes to an account is read as that account.
        account if move.to_account else None,
        None,
        make_staged,
        keep=_keep_place,
        close=_close_for_removal,
        is_ours=lambda folder: stat.S_ISDIR(folder.lstat().st_mode) and is_administrators(folder),
    )
    try:
        with acting_for(account):
            keys = key_place(home.store, move.keys_place, Path(move.keys_folder) if move.keys_folder else None)
    except Unavailable as error:
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="keys-unreachable", place=str(home.folder)) from error
    own = Place(home, keys, account, account, make_folder, finish_staged=_close_to_account)
    return (computer, own) if move.to_account else (own, computer)


def _keep_place() -> None:
    """Make the place of the computer's keys, and keep it, and its home, for the administrator until `make_place` gives them to the group.
    Raises Unavailable: setup-impossible; OSError.
    """
    make_staged(machine_keys_folder())
    keep_closed(machine_keys_folder())
    if has_machine_home():
        keep_closed(machine_folder())


def _close_for_removal(folder: Path) -> None:
    if sys.platform == "win32":
        # Python removes by name there, and a member could lay a junction under it:
        # https://docs.python.org/3/library/shutil.html#shutil.rmtree.avoids_symlink_attacks
        from kiosk.config.windows_acl import close

        close(folder)


def _close_to_account(folder: Path) -> None:
    if sys.platform == "win32":
        # What is made elevated may be the administrators': https://learn.microsoft.com/windows/win32/secauthz/owner-of-a-new-object
        from kiosk.config.windows_acl import restrict_to_owner

        restrict_to_owner(folder)


def opened(place: Place) -> None:
    """Open the store, if there is one, and close it again: what was cut off is finished, and a move recorded."""
    if not place.home.has_store():
        return
    try:
        repository, _ = open_repository(place.home, read_settings(place.home.config), place.keys)
    except Unavailable as error:
        if error.code in (Code.STORE_KEY_MISSING, Code.CREDENTIAL_STORE_UNUSABLE):
            raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="keys-unreachable", place=str(place.home.folder)) from error
        raise
    repository.close()
