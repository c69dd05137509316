"""Which licences may be handed on, and the folder with their texts."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from boolean import Expression
from license_expression import AND, OR, get_spdx_licensing

from tools.installer.component import Component, InventoryError
from tools.installer.parts import TEXTS

_NOTICE, _COPY = "keeps its notice", "keeps its notice; a library that is replaceable, with its source for whoever asks (README.txt)"
ADMITTED = {
    "Apache-2.0": _NOTICE,
    "BSD-2-Clause": _NOTICE,
    "BSD-3-Clause": _NOTICE,
    "BSD-4-Clause": "keeps its notice; advertising that speaks of it names its authors",
    "CC0-1.0": "asks nothing",
    "FTL": "keeps its notice, and FreeType is credited (README.txt)",
    "HPND-sell-variant": _NOTICE,
    "LGPL-2.1-or-later": _COPY,
    "LGPL-3.0-only": _COPY,
    "LicenseRef-ICC": _NOTICE,
    "LicenseRef-LZMA-CPL-exception": "keeps its notice; what an installer installs is excepted (NSIS.txt)",
    "LicenseRef-Microsoft-VC-Runtime": "Microsoft's terms for its distributable code, unaltered (Microsoft-VC-runtime.txt)",
    "LicenseRef-Public-Domain": "asks nothing",
    "MIT": _NOTICE,
    "MIT-0": "asks nothing",
    "MPL-2.0": "its files are unaltered, and their source is what is installed",
    "OLDAP-2.8": _NOTICE,
    "PSF-2.0": _NOTICE,
    "PostgreSQL": _NOTICE,
    "Python-2.0.1": _NOTICE,
    "Unicode-3.0": _NOTICE,
    "Unicode-DFS-2016": _NOTICE,
    "Zlib": _NOTICE,
    "bzip2-1.0.6": _NOTICE,
    "libpng-2.0": _NOTICE,
}
"""By SPDX's identifier, what the licence asks of whoever hands an installer on. Where there is a choice, one of them has to be here."""

_SPDX = get_spdx_licensing()


def refuse_unadmitted(components: Iterable[Component]) -> None:
    """Raises InventoryError, also for one whose text is missing."""
    for component in components:
        if not component.texts:
            raise InventoryError(f"{component.name} {component.version} brings no text of its licence ({component.licence})")
        if not _is_admitted(_SPDX.parse(component.licence)):
            told = f"{component.name} {component.version} is under {component.licence}"
            raise InventoryError(f"{told}: see ADMITTED in tools/installer/licences.py")


def gather(components: Sequence[Component], folder: Path) -> None:
    """Make `folder` anew: a list, and all texts. Raises InventoryError."""
    refuse_unadmitted(components)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    lines = []
    for component in components:
        kept = [_keep(text, folder, component) for text in component.texts]
        inside = f" (in {component.of})" if component.of else ""
        lines.append(f"{component.name} {component.version}".rstrip() + f"{inside}, {component.licence}: {', '.join(kept)}")
    told = (TEXTS / "README.txt").read_text(encoding="utf-8")
    (folder / "README.txt").write_text(told + "\n".join(lines) + "\n", encoding="utf-8", newline="\r\n")


def _keep(text: Path, folder: Path, component: Component) -> str:
    """Copy it: what several share beside the list, others into a folder of whoever brought them. Says where."""
    name = text.name
    if text.parent != TEXTS:
        # Some wheels have several files of one name.
        inside = "-".join(text.parts[text.parts.index("licenses") + 1 :]) if "licenses" in text.parts else text.name
        name = f"{component.of or component.name}/{inside}"
    (folder / name).parent.mkdir(exist_ok=True)
    shutil.copyfile(text, folder / name)
    return name


def _is_admitted(expression: Expression) -> bool:
    match expression:
        case AND():
            return all(_is_admitted(part) for part in expression.args)
        case OR():
            return any(_is_admitted(part) for part in expression.args)
        case _:
            return str(expression) in ADMITTED
