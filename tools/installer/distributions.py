"""What pip has installed below a layout, by its metadata; and what wheels tell of software compiled into them (PEP 770)."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution
from pathlib import Path

from packaging.utils import canonicalize_name

from tools.installer.component import Component, InventoryError, Origin
from tools.installer.parts import TEXTS

OURS = "library-card-kiosk"
_TOLD = {
    "backports-tarfile": "MIT",
    "certifi": "MPL-2.0",
    "jaraco-classes": "MIT",
    "peewee": "MIT",
    "pyscard": "LGPL-2.1-or-later",
    "python-xlib": "LGPL-2.1-or-later",
    "pywin32": "PSF-2.0",
    "sqlcipher3": "Zlib",
}
"""Licences that metadata leave to the text, or tell in other words than SPDX's. Read in the files of the text."""


@dataclass(frozen=True, slots=True)
class _Told:
    licence: str
    texts: tuple[str, ...]
    files: str = ""
    """A pattern below the packages; empty: it is compiled into another."""


_TOLD_OF_PARTS = {
    "cyrus-sasl-lib": _Told("BSD-4-Clause", ("Cyrus-SASL.txt",), "psycopg_binary.libs/libsasl2-*"),
    "keyutils-libs": _Told("LGPL-2.1-or-later", ("keyutils.txt", "LGPL-2.1.txt"), "psycopg_binary.libs/libkeyutils-*"),
    "libcom_err": _Told("MIT", ("libcom_err.txt",), "psycopg_binary.libs/libcom_err-*.so.2.*"),
    "openssl": _Told("Apache-2.0", ("Apache-2.0.txt",)),
}
"""The same, of software that a wheel's own list names without a licence."""
_TEXTS_OF_CRATES = dict.fromkeys(("asn1", "asn1_derive", "openssl-sys", "pem"), "rust-crates.txt") | dict.fromkeys(
    (
        *("aho-corasick", "bitvec", "foldhash", "funty", "jiter", "lru", "memchr", "radium", "speedate", "strum", "strum_macros"),
        *("synstructure", "tap", "wyz", "zmij"),
    ),
    "rust-crates-pydantic.txt",
)
"""Those that are not under the Apache License, which is chosen of others."""
_TEXTS_OF_LICENCES = {"Apache-2.0": "Apache-2.0.txt", "Unicode-3.0": "python-parts.txt", "Unicode-DFS-2016": "ICU.txt"}
_EXTENSION = re.compile(r".*\.(pyd|abi3\.so|cpython-\w+(-\w+)*\.so)")
"""A module of Python: https://peps.python.org/pep-3149/"""
_OWN = (
    *("PySide6/libpyside6.*", "PySide6/pyside6.*", "shiboken6/libshiboken6.*", "shiboken6/shiboken6.*"),
    *("pywin32_system32/py*.dll", "win32/perfmondata.dll"),
)
"""Libraries that are a distribution's own work, not what it carries of others."""
_WITHOUT_TEXT = {
    "pyside6-essentials": ("LGPL-3.0.txt", "GPL-3.0.txt"),
    "shiboken6": ("LGPL-3.0.txt", "GPL-3.0.txt"),
}
"""The texts of those whose wheels bring none: theirs is about a licence that is bought."""
_TEXT_NAMES = ("LICEN", "COPYING", "NOTICE", "AUTHORS")


def installed(layout: Path, packages: Path, wheels: Mapping[str, Origin]) -> Iterator[Component]:
    """Below the folder `packages` of a layout; `wheels` by the canonical name of each. Raises InventoryError."""
    for folder in sorted(packages.glob("*.dist-info")):
        distribution = Distribution.at(folder)
        name = canonicalize_name(distribution.name)
        if name != OURS and name not in wheels:
            raise InventoryError(f"{distribution.name} is there, and nobody knows from which file")
        licence, texts = _licence(distribution, name), _texts(folder, name)
        yield Component(distribution.name, distribution.version, licence, f"pkg:pypi/{name}", texts, origin=wheels.get(name))
        yield from _told_by_wheel(distribution.name, folder / "sboms", layout, packages)


def own_files(packages: Path) -> Iterator[Path]:
    """Programs that are of the distributions themselves: extension modules, and libraries that they share."""
    for folder in packages.glob("*.dist-info"):
        for file in Distribution.at(folder).files or ():
            if _EXTENSION.fullmatch(file.name) or any(fnmatch.fnmatch(file.as_posix(), own) for own in _OWN):
                yield packages / file


def wheels_of(report: Path) -> dict[str, Origin]:
    """Of what was installed, by canonical name, from what `pip install --report` wrote."""
    told: dict[str, Origin] = {}
    for item in json.loads(report.read_text(encoding="utf-8"))["install"]:
        info = item["download_info"]
        told[canonicalize_name(item["metadata"]["name"])] = Origin(info["url"].rpartition("/")[2], info["archive_info"]["hashes"]["sha256"])
    return told


def _licence(distribution: Distribution, name: str) -> str:
    told = distribution.metadata
    found = _TOLD.get(name, told["License-Expression"] or told["License"])
    if not found or "\n" in found:
        raise InventoryError(f"{distribution.name} tells no licence: read its text, and tell tools/installer/distributions.py")
    return str(found)


def _texts(folder: Path, name: str) -> tuple[Path, ...]:
    if name in _WITHOUT_TEXT:
        return tuple(TEXTS / text for text in _WITHOUT_TEXT[name])
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.parent.name != "sboms")
    return tuple(path for path in found if path.parent != folder or any(word in path.name.upper() for word in _TEXT_NAMES))


def _told_by_wheel(name: str, folder: Path, layout: Path, packages: Path) -> Iterator[Component]:
    for path in sorted(folder.glob("*.json")):
        for told in json.loads(path.read_text(encoding="utf-8")).get("components", ()):
            # What is excluded has only been there to build it; some wheels name themselves.
            if told.get("scope") != "excluded" and canonicalize_name(told["name"]) != canonicalize_name(name):
                part, known = told["name"], _TOLD_OF_PARTS.get(told["name"])
                licence = known.licence if known else " AND ".join(one["expression"] for one in told.get("licenses", ()))
                if not licence:
                    raise InventoryError(f"{name} holds {part}: tell tools/installer/distributions.py its licence")
                texts = tuple(TEXTS / text for text in (known.texts if known else _texts_of_part(part, licence)))
                files = sorted(packages.glob(known.files)) if known and known.files else []
                carried = tuple(path.relative_to(layout).as_posix() for path in files)
                yield Component(part, told["version"], licence, told["purl"].partition("@")[0], texts, files=carried, of=name)


def _texts_of_part(name: str, licence: str) -> Iterator[str]:
    if name in _TEXTS_OF_CRATES:
        yield _TEXTS_OF_CRATES[name]
    else:
        yield from (text for told, text in _TEXTS_OF_LICENCES.items() if told in licence)
