"""Decides where the keys of a counter lie."""

from __future__ import annotations

from pathlib import Path

from kiosk.domain.errors import Code, Unavailable
from kiosk.store.credentials import system_credentials
from kiosk.store.keyfile import FileKeyStore, key_name, keys_folder
from kiosk.store.keys import KeyStore


def key_store(data: Path, place: str = "auto", folder: Path | None = None) -> KeyStore:
    """The key store of the data folder `data`: `auto`, `system` or `file` (`keys.place`), the file in `folder` (`keys.folder`).

    `auto` takes the platform's credential store when it opens without a prompt, unless there is a key file already: a machine that
    started without one keeps its file. Raises Unavailable: store-key-missing when `system` is asked for and is not there.
    """
    name = key_name(data)
    file = FileKeyStore((folder or keys_folder()) / f"{name}.json")
    if place == "file" or (place == "auto" and file.exists()):
        return file
    system = system_credentials(name)
    if system is None and place == "system":
        raise Unavailable(Code.STORE_KEY_MISSING, place="system")
    return system or file
