"""What a Debian package says of itself: whose work is in it and under which licences, and what is new.

https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
"""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from importlib.metadata import Distribution, distribution
from pathlib import Path

from tools.installer.debian_layout import WHEELS, Contents, packages_of
from tools.installer.program import source_date
from tools.installer.requirements import DEBIAN_12, ROOT, runtime

MAINTAINER = "Library card kiosk maintainers <maintainers@library-card-kiosk.invalid>"
# Of those whose metadata name none, or none exactly; read in their licence files.
_LICENCES = {
    "backports-tarfile": "MIT",
    "jaraco-classes": "MIT",
    "peewee": "MIT",
    "pyscard": "LGPL-2.1-or-later",
    "python-xlib": "LGPL-2.1-or-later",
    "sqlcipher3": "Zlib",
}
_COMPILED_IN = {
    "cryptography": "OpenSSL (Apache-2.0)",
    "psycopg-binary": "libpq (PostgreSQL), OpenSSL (Apache-2.0), Kerberos (MIT), OpenLDAP (OLDAP-2.8), Cyrus SASL (BSD-4-Clause),"
    " libcom_err (MIT), keyutils (LGPL-2.1-or-later), libxcrypt (LGPL-2.1-or-later)",
    "pyside6-essentials": "Qt (LGPL-3.0-only), ICU (Unicode-3.0)",
    "sqlcipher3": "SQLCipher (BSD-3-Clause), OpenSSL (Apache-2.0)",
}
_COPYRIGHT = re.compile(r"(?im)^\W*copyright(?: \(c\)| ©|(?= \d))[ ]+(.*\w.*)$")
_OF_NOBODY = re.compile(r"Free Software Foundation|[<{][\w ]+[>}]|\[[\w ]+\](?!\()")
"""Whose the words of a licence are, not the work; what was to be filled in."""


def write_documents(contents: Contents, root: Path, version: str) -> None:
    place = root / "usr" / "share" / "doc" / contents.name
    place.mkdir(parents=True)
    packages = packages_of(contents, root, version)
    for licence in _licences(packages, "*.dist-info"):
        target = place / "licenses" / licence.relative_to(packages).parts[0].removesuffix(".dist-info") / licence.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(licence, target)
    (place / "copyright").write_text("\n".join(_copyright(contents, packages, root)), encoding="utf-8")
    dated = format_datetime(datetime.fromtimestamp(source_date(), UTC))
    entry = f"{contents.name} ({version}) stable; urgency=medium\n\n  * What is new is in CHANGELOG.md.gz.\n\n -- {MAINTAINER}  {dated}\n"
    pack(place / "changelog.gz", entry)
    pack(place / "CHANGELOG.md.gz", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    if (root / WHEELS).exists():
        (root / WHEELS).rename(place / WHEELS)


def pack(path: Path, text: str) -> None:
    """As Debian wants pages and changelogs, and alike in each build."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.encode("utf-8"))


def _copyright(contents: Contents, packages: Path, root: Path) -> Iterator[str]:
    yield "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
    yield "Upstream-Name: library-card-kiosk"
    yield f"Comment: The licence files of all that lies below /opt are in /usr/share/doc/{contents.name}/licenses."
    yield ""
    yield "Files: *"
    yield "Copyright: the authors of library-card-kiosk"
    yield "License: Apache-2.0"
    yield ""
    used = {"Apache-2.0"}
    for name in runtime(DEBIAN_12, extra=contents.extra, without=contents.without):
        found = distribution(name)
        licence = _licence(name, found)
        used.add(licence)
        yield "Files: " + "\n ".join(f"{packages.relative_to(root)}/{top}" for top in _tops(found, packages))
        yield "Copyright: " + "\n ".join(_holders(name, found, packages))
        yield f"License: {licence}"
        if name in _COMPILED_IN:
            yield f"Comment: Compiled in, or beside it: {_COMPILED_IN[name]}."
        yield ""
    for licence in sorted(used):
        yield f"License: {licence}"
        yield f" The texts are in /usr/share/doc/{contents.name}/licenses, one folder for each"
        yield " work; those of the Apache License, the GPL and the LGPL also in"
        yield " /usr/share/common-licenses on Debian systems."
        yield ""


def _licence(name: str, found: Distribution) -> str:
    told = _LICENCES.get(name) or found.metadata["License-Expression"] or found.metadata["License"]
    if not told:
        raise RuntimeError(f"{name}: the metadata name no licence")
    # As this format joins them.
    return str(told).replace(" OR ", " or ").replace(" AND ", " and ")


def _tops(found: Distribution, packages: Path) -> list[str]:
    """Where its files are, as patterns: in folders of its own, or beside others' in one that several share."""
    tops = set()
    for file in found.files or ():
        parts = file.parts
        shared = len(parts) > 1 and not (packages / parts[0] / "__init__.py").exists() and not parts[0].endswith((".dist-info", ".libs"))
        own = "/".join(parts[: 2 if shared else 1])
        if parts[0] != ".." and (packages / own).exists():
            tops.add(f"{own}/*" if (packages / own).is_dir() else own)
    return sorted(tops)


def _holders(name: str, found: Distribution, packages: Path) -> list[str]:
    folder = f"{re.sub('[-_.]+', '[-_.]', name)}-{found.version}.dist-info"
    lines = {line for path in _licences(packages, folder) for line in _COPYRIGHT.findall(path.read_text(encoding="utf-8"))}
    told = sorted(line.strip() for line in lines if not _OF_NOBODY.search(line))
    author = found.metadata["Author"] or found.metadata["Author-Email"]
    return told or [f"{author or 'the authors of ' + name}"]


def _licences(packages: Path, folder: str) -> Iterator[Path]:
    for path in sorted(packages.glob(f"{folder}/**/*")):
        if path.is_file() and re.match(r"(?i)LICEN[CS]E|COPYING|NOTICE|AUTHORS", path.name):
            yield path
