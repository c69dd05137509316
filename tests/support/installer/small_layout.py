"""A layout as small as one can be: an interpreter that does nothing, the program and what it needs, each without code."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Sequence
from pathlib import Path


class SmallLayout:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.packages = folder / "Lib" / "site-packages"
        self.packages.mkdir(parents=True)
        self.report = folder.with_name(f"{folder.name}.json")
        self._wheels: list[dict[str, object]] = []
        (folder / "LICENSE.txt").write_text("PYTHON SOFTWARE FOUNDATION LICENSE", encoding="utf-8")
        (folder / "python313.dll").write_bytes(python_dll(3, 13, 9))
        self.distribution("library-card-kiosk", "License: Apache-2.0", from_wheel=False)
        self.distribution("needed", "License-Expression: MIT")

    def distribution(
        self, name: str, licence: str, *, text: str | None = "All are permitted.", from_wheel: bool = True, brings: Sequence[str] = ()
    ) -> Path:
        """Its folder of metadata. `licence`: a line of them. `brings`: programs or libraries, below the packages."""
        info = self.packages / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{licence}\n", encoding="utf-8")
        (info / "RECORD").write_text("".join(f"{path},,\n" for path in brings), encoding="utf-8")
        for path in brings:
            (self.packages / path).parent.mkdir(exist_ok=True)
            (self.packages / path).write_bytes(b"\x7fELF" if ".so" in path else b"MZ")
        if text is not None:
            (info / "licenses").mkdir()
            (info / "licenses" / "LICENSE").write_text(text, encoding="utf-8")
        if from_wheel:
            wheel = {"url": f"https://files.example/{name}-1.0-py3-none-any.whl", "archive_info": {"hashes": {"sha256": sha256_of(name)}}}
            self._wheels.append({"metadata": {"name": name}, "download_info": wheel})
        self.report.write_text(json.dumps({"install": self._wheels}), encoding="utf-8")
        return info


def sha256_of(name: str) -> str:
    """Of the wheel that it came from."""
    return hashlib.sha256(name.encode()).hexdigest()


def python_dll(major: int, minor: int, micro: int) -> bytes:
    """What tells its version as CPython's does, and zlib's."""
    return b"\x001.3.1\x00" + struct.pack("<IIHHHH", 0xFEEF04BD, 0x10000, minor, major, 1013, micro * 1000 + 150)
