"""What can be said of the Debian packages without building them; tests/trial installs them."""

from __future__ import annotations

import pytest

from tools.installer.debian_layout import COUNTER, REGISTRY
from tools.installer.debian_package import COUNTER_PACKAGE, REGISTRY_PACKAGE, Package
from tools.installer.man_pages import PAGES
from tools.installer.requirements import DEBIAN_12, runtime

pytestmark = pytest.mark.linux("packages of the lock for Linux")


@pytest.mark.parametrize("package", [COUNTER_PACKAGE, REGISTRY_PACKAGE], ids=lambda package: package.command)
def test_the_english_page_names_every_command(package: Package) -> None:
    page = (PAGES / f"{package.command}.1").read_text(encoding="utf-8").replace("\\-", "-").replace('"', "").replace(",", " ").split()
    assert set(package.commands) - set(page) == set()


def test_a_counter_brings_qt_and_card_readers_and_the_server_neither() -> None:
    qt_and_readers = {"pyside6-essentials", "shiboken6", "pyscard"}
    counter = runtime(DEBIAN_12, extra=COUNTER.extra, without=COUNTER.without)
    server = runtime(DEBIAN_12, extra=REGISTRY.extra, without=REGISTRY.without)
    assert qt_and_readers <= counter.keys()
    assert qt_and_readers.isdisjoint(server)
    assert {"fastapi", "uvicorn", "psycopg-binary", "sqlcipher3"} <= server.keys()
    assert "fastapi" not in counter
    assert {"pywin32", "colorama"}.isdisjoint(counter | server), "of another system"
    assert all("--hash=sha256:" in line for line in (counter | server).values())
