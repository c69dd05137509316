"""What pip has installed below a layout, by its metadata; and what wheels tell of software compiled into them (PEP 770)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
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
_TOLD_OF_PARTS = {
    "cyrus-sasl-lib": "BSD-4-Clause",
    "keyutils-libs": "LGPL-2.1-or-later",
    "libcom_err": "MIT",
    "openssl": "Apache-2.0",
}
"""The same, of software that a wheel's own list names without a licence."""
_TEXT_OF_CRATES = {"asn1", "asn1_derive", "openssl-sys", "pem"}
"""What rust-crates.txt holds; of others the Apache License is chosen."""
_WITHOUT_TEXT = {
    "pyside6-essentials": ("LGPL-3.0.txt", "GPL-3.0.txt"),
    "shiboken6": ("LGPL-3.0.txt", "GPL-3.0.txt"),
}
"""The texts of those whose wheels bring none: theirs is about a licence that is bought."""
_TEXT_NAMES = ("LICEN", "COPYING", "NOTICE", "AUTHORS")


def installed(packages: Path, wheels: Mapping[str, Origin]) -> Iterator[Component]:
    """Below the folder `packages`; `wheels` by the canonical name of each. Raises InventoryError."""
    for folder in sorted(packages.glob("*.dist-info")):
        distribution = Distribution.at(folder)
        name = canonicalize_name(distribution.name)
        if name != OURS and name not in wheels:
            raise InventoryError(f"{distribution.name} is there, and nobody knows from which file")
        licence, texts = _licence(distribution, name), _texts(folder, name)
        yield Component(distribution.name, distribution.version, licence, f"pkg:pypi/{name}", texts, origin=wheels.get(name))
        yield from _told_by_wheel(distribution.name, folder / "sboms")


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


def _told_by_wheel(name: str, folder: Path) -> Iterator[Component]:
    for path in sorted(folder.glob("*.json")):
        for told in json.loads(path.read_text(encoding="utf-8")).get("components", ()):
            # What is excluded has only been there to build it; some wheels name themselves.
            if told.get("scope") != "excluded" and canonicalize_name(told["name"]) != canonicalize_name(name):
                part = told["name"]
                licence = _TOLD_OF_PARTS.get(part) or " AND ".join(one["expression"] for one in told.get("licenses", ()))
                if not licence:
                    raise InventoryError(f"{name} holds {part}: tell tools/installer/distributions.py its licence")
                texts = tuple(TEXTS / text for text in _texts_of_part(part, licence))
                yield Component(part, told["version"], licence, told["purl"].partition("@")[0], texts, of=name)


def _texts_of_part(name: str, licence: str) -> Iterator[str]:
    if name in _TEXT_OF_CRATES:
        yield "rust-crates.txt"
    elif "Apache-2.0" in licence:
        yield "Apache-2.0.txt"
        if "Unicode-3.0" in licence:
            yield "python-parts.txt"
