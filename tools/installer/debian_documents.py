"""What a Debian package says of itself: whose work is in it and under which licences, and what is new.

https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from importlib.metadata import Distribution
from pathlib import Path

from tools.installer import inventory, licences, sbom
from tools.installer.component import Component
from tools.installer.debian_layout import REPORTS, Contents, packages_of
from tools.installer.distributions import OURS
from tools.installer.program import source_date
from tools.installer.requirements import ROOT

MAINTAINER = "Library card kiosk maintainers <maintainers@library-card-kiosk.invalid>"
_COPYRIGHT = re.compile(r"(?im)^\W*copyright(?: \(c\)| ©|(?= \d))[ ]+(.*\w.*)$")
_OF_NOBODY = re.compile(r"Free Software Foundation|[<{][\w ]+[>}]|\[[\w ]+\](?!\()")
"""Whose the words of a licence are, not the work; what was to be filled in."""


def write_documents(contents: Contents, root: Path, version: str) -> None:
    """Raises InventoryError."""
    place = root / "usr" / "share" / "doc" / contents.name
    place.mkdir(parents=True)
    reports = sorted(root.glob(REPORTS))
    folder = root / "opt" / contents.name / version
    components, packages = inventory.materials(folder, reports), packages_of(contents, root, version)
    (place / inventory.SBOM).write_text(sbom.written(components, contents.name, source_date()), encoding="utf-8")
    licences.gather(components, place / inventory.LICENCES)
    (place / "copyright").write_text("\n".join(_copyright(components, folder, packages, root, place)), encoding="utf-8")
    # Of no use any more, and wrong: what was left out and stripped is in it.
    for path in (*reports, *packages.glob("*.dist-info/RECORD")):
        path.unlink()
    dated = format_datetime(datetime.fromtimestamp(source_date(), UTC))
    entry = f"{contents.name} ({version}) stable; urgency=medium\n\n  * What is new is in CHANGELOG.md.gz.\n\n -- {MAINTAINER}  {dated}\n"
    pack(place / "changelog.gz", entry)
    pack(place / "CHANGELOG.md.gz", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))


def pack(path: Path, text: str) -> None:
    """As Debian wants pages and changelogs, and alike in each build."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.encode("utf-8"))


def _copyright(components: list[Component], folder: Path, packages: Path, root: Path, place: Path) -> Iterator[str]:
    texts = f"/{place.relative_to(root)}/{inventory.LICENCES}"
    yield "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
    yield "Upstream-Name: library-card-kiosk"
    yield f"Comment: The licence files of all that lies below /opt are in {texts}; {inventory.SBOM} beside it says where it came from."
    yield ""
    yield "Files: *"
    yield "Copyright: the authors of library-card-kiosk"
    yield "License: Apache-2.0"
    yield ""
    used = {"Apache-2.0"}
    for component in components:
        files = [folder / file for file in component.files] if component.files else _own(component, packages)
        if component.name == OURS or not files:
            continue
        # As this format joins them.
        licence = component.licence.replace(" OR ", " or ").replace(" AND ", " and ")
        used.add(licence)
        yield "Files: " + "\n ".join(f"{path.relative_to(root)}{'/*' if path.is_dir() else ''}" for path in files)
        yield "Copyright: " + "\n ".join(_holders(component))
        yield f"License: {licence}"
        yield f"Comment: {component.name} {component.version}".rstrip() + (f", in {component.of}" if component.of else "")
        yield ""
    for licence in sorted(used):
        yield f"License: {licence}"
        yield f" The texts are in {texts}, one folder for each"
        yield " work; those of the Apache License, the GPL and the LGPL also in"
        yield " /usr/share/common-licenses on Debian systems."
        yield ""


def _own(component: Component, packages: Path) -> list[Path]:
    """Where the files of a distribution are: in folders of its own, or beside others' in one that several share."""
    tops = set[Path]()
    if component.of:  # compiled into another
        return []
    (found,) = Distribution.discover(name=component.name, path=[str(packages)])
    for file in found.files or ():
        parts = file.parts
        shared = len(parts) > 1 and not (packages / parts[0] / "__init__.py").exists() and not parts[0].endswith((".dist-info", ".libs"))
        if parts[0] != "..":
            tops.add(packages.joinpath(*parts[: 2 if shared else 1]))
    return sorted(top for top in tops if top.exists())


def _holders(component: Component) -> list[str]:
    lines = {line for text in component.texts for line in _COPYRIGHT.findall(text.read_text(encoding="utf-8"))}
    return sorted(line.strip() for line in lines if not _OF_NOBODY.search(line)) or [f"the authors of {component.name}"]
