"""The domain imports only the standard library, and of that no threads, clock or network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
IMPORT_ALL = """
import importlib, pkgutil, sys
for blocked in ("PySide6", "peewee", "smartcard", "sqlcipher3", "cryptography", "polib", "keyring"):
    sys.modules[blocked] = None
import kiosk.domain
names = [module.name for module in pkgutil.walk_packages(kiosk.domain.__path__, "kiosk.domain.")]
for name in names:
    importlib.import_module(name)
assert len(names) > 15, names
foreign = {name for name in sys.modules if name.startswith("kiosk.")} - set(names) - {"kiosk.domain"}
assert not foreign, foreign
print("pure")
"""


def test_the_domain_imports_with_qt_database_and_card_library_blocked() -> None:
    run = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{IMPORT_ALL}"],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert run.stdout == "pure\n", run.stderr
