"""What a layout holds, by name, version, licence and origin.

Usage: python -m tools.installer.inventory LAYOUT REPORT EPOCH

Gathers the licences into LAYOUT/licences, with a bill of materials (sbom.cdx.json), and prints how many components there are. REPORT is
what `pip install --report` wrote of what is below LAYOUT; EPOCH the time of the source, in seconds of Unix.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution
from pathlib import Path

from tools.installer import licences, sbom
from tools.installer.component import Component, InventoryError, Origin
from tools.installer.distributions import installed, wheels_of
from tools.installer.parts import parts

LICENCES = "licences"
SBOM = "sbom.cdx.json"
_NATIVE = {".dll", ".exe", ".pyd", ".so"}


def take(layout: Path, report: Path, epoch: int, interpreter: Origin | None = None, also: Sequence[Component] = ()) -> list[Component]:
    """Gather the licences of all that is below `layout` there, and say what it is. Raises InventoryError before anything is written.

    `interpreter`: what CPython was unpacked from. `also`: what is added when the layout is packed.
    """
    packages = layout / "Lib" / "site-packages"
    components = [*installed(packages, wheels_of(report)), *parts(layout, interpreter), *also]
    _refuse_strangers(layout, packages, components)
    licences.gather(components, layout / LICENCES)
    (layout / LICENCES / SBOM).write_text(sbom.written(components, layout.name, epoch), encoding="utf-8")
    return components


def _refuse_strangers(layout: Path, packages: Path, components: list[Component]) -> None:
    known = {layout / file for component in components for file in component.files} | set(_recorded(packages))
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
    parser.add_argument("layout", type=Path)
    parser.add_argument("report", type=Path)
    parser.add_argument("epoch", type=int)
    told = parser.parse_args()
    try:
        components = take(told.layout.resolve(), told.report, told.epoch)
    except InventoryError as error:
        sys.exit(f"{told.layout}: {error}")
    print(f"{len(components)} components, with their licences in {told.layout / LICENCES}")


if __name__ == "__main__":
    main()
