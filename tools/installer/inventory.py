"""What a layout holds, by name, version, licence and origin.

Usage: python -m tools.installer.inventory LAYOUT EPOCH REPORT...

Gathers the licences into LAYOUT/licences, with a bill of materials (sbom.cdx.json), and prints how many components there are. EPOCH is the
time of the source, in seconds of Unix; a REPORT what `pip install --report` wrote of what is there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.installer import launcher, licences, sbom
from tools.installer.component import Component, InventoryError, Origin
from tools.installer.distributions import installed, own_files, wheels_of
from tools.installer.parts import parts

LICENCES = "licences"
SBOM = "sbom.cdx.json"
_NATIVE = (b"MZ", b"\x7fELF")
"""How programs and libraries begin: https://learn.microsoft.com/windows/win32/debug/pe-format, elf(5)."""


def materials(layout: Path, reports: Sequence[Path], interpreter: Origin | None = None) -> list[Component]:
    """All that is below `layout`. `interpreter`: what CPython was unpacked from.

    Raises InventoryError, also where a licence is not admitted or has no text, and where a program or library is nobody's.
    """
    packages = _packages(layout)
    wheels = {name: origin for report in reports for name, origin in wheels_of(report).items()}
    components = [*installed(layout, packages, wheels), *parts(layout, packages, interpreter)]
    licences.refuse_unadmitted(components)
    _refuse_strangers(layout, packages, components)
    return components


def take(
    layout: Path, reports: Sequence[Path], epoch: int, interpreter: Origin | None = None, also: Sequence[Component] = ()
) -> list[Component]:
    """Gather the licences of all that is below `layout` there, and say what it is. Raises InventoryError before anything is written.

    `also`: what is added when the layout is packed.
    """
    components = [*materials(layout, reports, interpreter), *also]
    licences.gather(components, layout / LICENCES)
    (layout / LICENCES / SBOM).write_text(sbom.written(components, layout.name, epoch), encoding="utf-8")
    return components


def _packages(layout: Path) -> Path:
    (found,) = layout.glob("**/site-packages")
    return found


def _refuse_strangers(layout: Path, packages: Path, components: list[Component]) -> None:
    """That the record of a wheel names a library tells nobody whose work it is."""
    known = {layout / file for component in components for file in component.files} | {*own_files(packages), layout / launcher.NAME}
    strangers = [path for path in sorted(layout.rglob("*")) if path not in known and _is_native(path)]
    if strangers:
        names = ", ".join(str(path.relative_to(layout)) for path in strangers)
        raise InventoryError(f"nobody knows where these come from: {names}. Tell tools/installer/parts.py")


def _is_native(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4).startswith(_NATIVE)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.installer.inventory")
    parser.add_argument("layout", type=Path)
    parser.add_argument("epoch", type=int)
    parser.add_argument("reports", type=Path, nargs="+", metavar="REPORT")
    told = parser.parse_args()
    layout = told.layout.resolve()
    try:
        components = take(layout, told.reports, told.epoch)
    except InventoryError as error:
        sys.exit(f"{told.layout}: {error}")
    print(f"{len(components)} components, in {told.layout / LICENCES}")


if __name__ == "__main__":
    main()
