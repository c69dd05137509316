"""What a layout holds, by name, version, licence and origin.

Usage: python -m tools.installer.inventory [--sbom FILE] LAYOUT EPOCH REPORT...

Gathers the licences into LAYOUT/licences, with a bill of materials (sbom.cdx.json), or writes the latter alone into FILE, and prints how
many components there are. EPOCH is the time of the source, in seconds of Unix; a REPORT what `pip install --report` wrote of what is there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution
from pathlib import Path

from tools.installer import launcher, licences, sbom
from tools.installer.component import Component, InventoryError, Origin
from tools.installer.distributions import installed, wheels_of
from tools.installer.parts import parts

LICENCES = "licences"
SBOM = "sbom.cdx.json"
_NATIVE = {".dll", ".exe", ".pyd", ".so"}


def materials(layout: Path, reports: Sequence[Path], interpreter: Origin | None = None) -> list[Component]:
    """All that is below `layout`. `interpreter`: what CPython was unpacked from.

    Raises InventoryError, also where a licence is not admitted.
    """
    packages = _packages(layout)
    wheels = {name: origin for report in reports for name, origin in wheels_of(report).items()}
    components = [*installed(packages, wheels), *parts(layout, packages, interpreter)]
    licences.refuse_unadmitted(components)
    return components


def take(
    layout: Path, reports: Sequence[Path], epoch: int, interpreter: Origin | None = None, also: Sequence[Component] = ()
) -> list[Component]:
    """Gather the licences of all that is below `layout` there, and say what it is. Raises InventoryError before anything is written.

    `also`: what is added when the layout is packed.
    """
    components = [*materials(layout, reports, interpreter), *also]
    _refuse_strangers(layout, _packages(layout), components)
    licences.gather(components, layout / LICENCES)
    (layout / LICENCES / SBOM).write_text(sbom.written(components, layout.name, epoch), encoding="utf-8")
    return components


def _packages(layout: Path) -> Path:
    (found,) = layout.glob("**/site-packages")
    return found


def _refuse_strangers(layout: Path, packages: Path, components: list[Component]) -> None:
    known = {layout / file for component in components for file in component.files} | {*_recorded(packages), layout / launcher.NAME}
    strangers = [path for path in sorted(layout.rglob("*")) if path.suffix.lower() in _NATIVE and path not in known]
    if strangers:
        names = ", ".join(str(path.relative_to(layout)) for path in strangers)
        raise InventoryError(f"nobody knows where these come from: {names}. Tell tools/installer/parts.py")


def _recorded(packages: Path) -> Iterator[Path]:
    for folder in packages.glob("*.dist-info"):
        for path in Distribution.at(folder).files or ():
            yield packages / path


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.installer.inventory")
    parser.add_argument("--sbom", type=Path, metavar="FILE")
    parser.add_argument("layout", type=Path)
    parser.add_argument("epoch", type=int)
    parser.add_argument("reports", type=Path, nargs="+", metavar="REPORT")
    told = parser.parse_args()
    layout = told.layout.resolve()
    try:
        if told.sbom is None:
            components = take(layout, told.reports, told.epoch)
        else:
            components = materials(layout, told.reports)
            told.sbom.write_text(sbom.written(components, layout.name, told.epoch), encoding="utf-8")
    except InventoryError as error:
        sys.exit(f"{told.layout}: {error}")
    print(f"{len(components)} components, in {told.sbom or told.layout / LICENCES}")


if __name__ == "__main__":
    main()
