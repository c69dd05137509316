"""Which software is in an installer, and under which licences (tools/installer/inventory.py)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support import ROOT
from tests.support.installer.small_layout import SmallLayout, sha256_of

pytestmark = pytest.mark.linux("builds the installer")
EPOCH = 1_700_000_000


def take(layout: SmallLayout) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tools.installer.inventory", str(layout.folder), str(EPOCH), str(layout.report)]
    return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=50, check=False)


def materials(layout: SmallLayout) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((layout.folder / "licences" / "sbom.cdx.json").read_text("utf-8"))
    return told


@pytest.fixture
def layout(tmp_path: Path) -> SmallLayout:
    return SmallLayout(tmp_path / "layout")


def test_all_that_is_inside_is_told_with_origin_and_licence(layout: SmallLayout) -> None:
    sboms = layout.distribution("compiled", "License-Expression: Apache-2.0 OR GPL-2.0-only") / "sboms"
    sboms.mkdir()
    parts: list[dict[str, object]] = [{"name": "openssl", "version": "4.0.3", "purl": "pkg:generic/openssl@4.0.3"}]
    parts.append({"name": "cc", "version": "1", "purl": "pkg:cargo/cc@1", "scope": "excluded", "licenses": [{"expression": "MIT"}]})
    (sboms / "parts.json").write_text(json.dumps({"components": parts}), encoding="utf-8")
    done = take(layout)
    assert (done.returncode, done.stderr) == (0, "")

    told = materials(layout)
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    assert told["metadata"]["timestamp"].startswith("2023-11-14T22:13:20")
    assert told["metadata"]["component"]["name"] == "library-card-kiosk"
    found = {component["name"]: component for component in told["components"]}
    assert set(found) == {"compiled", "needed", "openssl", "CPython", "mimalloc", "zlib"}
    assert found["needed"]["purl"] == "pkg:pypi/needed@1.0"
    assert found["needed"]["hashes"] == [{"alg": "SHA-256", "content": sha256_of("needed")}]
    assert found["needed"]["licenses"] == [{"license": {"id": "MIT"}}]
    assert found["compiled"]["licenses"] == [{"expression": "Apache-2.0 OR GPL-2.0-only"}]
    assert (found["CPython"]["version"], found["zlib"]["version"]) == ("3.13.9", "1.3.1")
    needs = {one["ref"]: one.get("dependsOn") for one in told["dependencies"]}
    assert needs[found["compiled"]["bom-ref"]] == [found["openssl"]["bom-ref"]]


def test_every_licence_can_be_read(layout: SmallLayout) -> None:
    assert take(layout).returncode == 0
    licences = layout.folder / "licences"
    told = (licences / "README.txt").read_text("utf-8")
    assert "needed 1.0, MIT: needed/LICENSE\n" in told
    assert (licences / "needed" / "LICENSE").read_text("utf-8") == "All are permitted."
    assert "zlib 1.3.1 (in CPython), Zlib: python-parts.txt\n" in told
    assert "Jean-loup Gailly" in (licences / "python-parts.txt").read_text("utf-8")
    assert "https://download.qt.io/official_releases/qt/" in told


def test_two_of_one_layout_are_one_file(layout: SmallLayout) -> None:
    assert take(layout).returncode == 0
    first = (layout.folder / "licences" / "sbom.cdx.json").read_bytes()
    assert take(layout).returncode == 0
    assert (layout.folder / "licences" / "sbom.cdx.json").read_bytes() == first
    layout.distribution("another", "License-Expression: MIT")
    assert take(layout).returncode == 0
    assert materials(layout)["serialNumber"] != json.loads(first)["serialNumber"]


def test_a_library_that_a_wheel_carries_is_told_with_its_text(layout: SmallLayout) -> None:
    layout.distribution("psycopg-binary", "License-Expression: LGPL-3.0-only", brings=("psycopg_binary.libs/libxcrypt-0.so.1", "q.abi3.so"))
    done = take(layout)
    assert "libxcrypt-0.so.1" in done.stderr, "of no row"
    carried = layout.packages / "psycopg_binary.libs"
    (carried / "libxcrypt-0.so.1").rename(carried / "libcrypt-0.so.1")
    assert take(layout).returncode == 0
    told = (layout.folder / "licences" / "README.txt").read_text("utf-8")
    assert "libxcrypt (in psycopg-binary), LGPL-2.1-or-later: libxcrypt.txt, LGPL-2.1.txt\n" in told
    (found,) = [one for one in materials(layout)["components"] if one["name"] == "libxcrypt"]
    assert found["evidence"]["occurrences"][0]["location"].endswith("libcrypt-0.so.1")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("no text", "brings no text of its licence (MIT)"),
        ("not admitted", "other 1.0 is under GPL-3.0-only: see ADMITTED"),
        ("one of two not admitted", "other 1.0 is under MIT AND SSPL-1.0: see ADMITTED"),
        ("no licence", "other tells no licence"),
        ("unknown origin", "other is there, and nobody knows from which file"),
        ("part without licence", "other holds secret: tell"),
        ("stranger", "nobody knows where these come from: stranger.dll"),
        ("library", "nobody knows where these come from: Lib/site-packages/other.libs/libsecret-0.so.1.2"),
        ("library for Windows", "nobody knows where these come from: Lib/site-packages/other/secret.dll"),
        ("no version", "python313.dll does not tell the version of CPython"),
    ],
)
def test_what_nobody_answers_for_is_not_packed(layout: SmallLayout, fault: str, said: str) -> None:
    match fault:
        case "no text":
            layout.distribution("other", "License-Expression: MIT", text=None)
        case "not admitted":
            layout.distribution("other", "License-Expression: GPL-3.0-only")
        case "one of two not admitted":
            layout.distribution("other", "License-Expression: MIT AND SSPL-1.0")
        case "no licence":
            layout.distribution("other", "Summary: unfree")
        case "unknown origin":
            layout.distribution("other", "License-Expression: MIT", from_wheel=False)
        case "part without licence":
            sboms = layout.distribution("other", "License-Expression: MIT") / "sboms"
            sboms.mkdir()
            (sboms / "parts.json").write_text(
                '{"components": [{"name": "secret", "version": "1", "purl": "pkg:generic/secret@1"}]}', "utf-8"
            )
        case "library":
            # That a wheel's record names it tells no licence.
            layout.distribution("other", "License-Expression: MIT", brings=("other/_c.abi3.so", "other.libs/libsecret-0.so.1.2"))
        case "library for Windows":
            layout.distribution("other", "License-Expression: MIT", brings=("other/_c.pyd", "other/secret.dll"))
        case "stranger":
            (layout.folder / "stranger.dll").write_bytes(b"MZ")
        case "no version":
            (layout.folder / "python313.dll").write_bytes(b"MZ")
    done = take(layout)
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (layout.folder / "licences").exists()
