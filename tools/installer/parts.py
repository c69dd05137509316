"""Software inside a layout that is no distribution of Python: an interpreter, shared libraries, and what is compiled into them.

No metadata name it, so this table does. Versions are read from the files. A row whose files are not there is passed over; one whose file
shows no version any more is refused, since something else has taken its place.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.installer.component import Component, InventoryError, Origin
from tools.installer.requirements import ROOT

TEXTS = ROOT / "resources" / "installer" / "licences"
_FIXED_FILE_INFO = struct.pack("<I", 0xFEEF04BD)
"""How a file of Windows tells its version: https://learn.microsoft.com/windows/win32/api/verrsrc/ns-verrsrc-vs_fixedfileinfo"""


class _FileVersion:
    """The first three numbers of a file's version."""


class _InName:
    """The number at the end of a shared library's name."""


class _PythonVersion:
    """CPython's third number is a thousand times its own, and says the level of the release below (PC/python_ver_rc.h)."""


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    licence: str
    texts: str
    """In TEXTS, or, with a slash before it, in the layout; with blanks between them."""
    files: tuple[str, ...]
    """Patterns below the layout, or, with "@/" before them, below its Python packages. The first file tells the version."""
    of: str
    """The component that brought it."""
    version: re.Pattern[bytes] | _InName | _FileVersion | _PythonVersion | None = None
    """None: nothing in the files tells it."""


def _found(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern)


_CPYTHON = ("python3*.dll", "python.exe", "pythonw.exe", "*.pyd", "python3*.zip", "python.cat")
_QT_CORE, _QT_GUI, _QT_SVG = ((f"@/PySide6/Qt6{name}.dll", f"@/PySide6/Qt/lib/libQt6{name}.so.6") for name in ("Core", "Gui", "Svg"))
_SQLCIPHER = ("@/sqlcipher3/_sqlite3.*.pyd", "@/sqlcipher3/_sqlite3.*.so")
_PSYCOPG = "@/psycopg_binary.libs/"
_OPENSSL = _found(rb"OpenSSL (\d+\.\d+\.\d+) ")
_VC_RUNTIME = ("concrt140.dll", "msvcp140*.dll", "vcamp140.dll", "vccorlib140.dll", "vcomp140.dll", "vcruntime140*.dll")


def _of_qt(name: str, licence: str, files: tuple[str, ...], version: bytes | None = None) -> _Row:
    return _Row(name, licence, "qt-parts.txt", files, "Qt", None if version is None else _found(version))


_ROWS = (
    _Row("CPython", "Python-2.0.1", "/LICENSE.txt", _CPYTHON, "", _PythonVersion()),
    # https://docs.python.org/3.13/license.html#licenses-and-acknowledgements-for-incorporated-software
    _Row("OpenSSL", "Apache-2.0", "/LICENSE.txt", ("libcrypto-3.dll", "libssl-3.dll"), "CPython", _FileVersion()),
    _Row("libffi", "MIT", "/LICENSE.txt", ("libffi-8.dll",), "CPython"),
    _Row("SQLite", "LicenseRef-Public-Domain", "public-domain.txt", ("sqlite3.dll",), "CPython", _FileVersion()),
    _Row("bzip2", "bzip2-1.0.6", "/LICENSE.txt", ("_bz2.pyd",), "CPython", _found(rb"(1\.0\.\d+), ")),
    _Row("liblzma", "LicenseRef-Public-Domain", "public-domain.txt", ("_lzma.pyd",), "CPython"),
    _Row("expat", "MIT", "python-parts.txt", ("pyexpat.pyd",), "CPython", _found(rb"expat_(\d+\.\d+\.\d+)")),
    _Row("libmpdec", "BSD-2-Clause", "python-parts.txt", ("_decimal.pyd",), "CPython"),
    _Row("mimalloc", "MIT", "python-parts.txt", ("python313.dll",), "CPython"),
    _Row("zlib", "Zlib", "python-parts.txt", ("python313.dll",), "CPython", _found(rb"\x00(1\.\d+\.\d+(?:\.\d+)?)\x00")),
    # What is linked into extensions: beside what their wheels tell themselves (PEP 770).
    _Row("libffi", "MIT", "python-parts.txt", ("@/_cffi_backend.*.pyd", "@/_cffi_backend.*.so"), "cffi"),
    _Row("SQLCipher", "BSD-3-Clause", "SQLCipher.txt", _SQLCIPHER, "sqlcipher3", _found(rb"\x00(4\.\d+\.\d+)\x00")),
    _Row("SQLite", "LicenseRef-Public-Domain", "public-domain.txt", _SQLCIPHER, "sqlcipher3"),
    _Row("OpenSSL", "Apache-2.0", "Apache-2.0.txt", _SQLCIPHER, "sqlcipher3", _OPENSSL),
    # On Debian alone; beside what the wheel tells.
    _Row("libpq", "PostgreSQL", "libpq.txt", (f"{_PSYCOPG}libpq-*",), "psycopg-binary", _InName()),
    _Row("OpenSSL", "Apache-2.0", "Apache-2.0.txt", (f"{_PSYCOPG}libcrypto-*", f"{_PSYCOPG}libssl-*"), "psycopg-binary", _OPENSSL),
    _Row(
        "MIT Kerberos",
        "MIT",
        "MIT-Kerberos.txt",
        tuple(
            f"{_PSYCOPG}{name}" for name in ("libkrb5-*", "libk5crypto-*", "libkrb5support-*", "libgssapi_krb5-*", "libcom_err-*.so.3.*")
        ),
        "psycopg-binary",
        _found(rb"(\d\.\d+\.\d+)"),
    ),
    _Row("OpenLDAP", "OLDAP-2.8", "OpenLDAP.txt", (f"{_PSYCOPG}libldap-*", f"{_PSYCOPG}liblber-*"), "psycopg-binary"),
    _Row("libxcrypt", "LGPL-2.1-or-later", "libxcrypt.txt LGPL-2.1.txt", (f"{_PSYCOPG}libcrypt-*",), "psycopg-binary"),
    # https://learn.microsoft.com/cpp/windows/redistributing-visual-cpp-files
    *(
        _Row(
            "Microsoft Visual C++ runtime",
            "LicenseRef-Microsoft-VC-Runtime",
            "Microsoft-VC-runtime.txt",
            tuple(folder + name for name in _VC_RUNTIME),
            of,
            _FileVersion(),
        )
        for folder, of in (("", "CPython"), ("@/PySide6/", "PySide6_Essentials"), ("@/shiboken6/", "shiboken6"))
    ),
    # Qt itself, and what is in those of its libraries that we load: https://doc.qt.io/qt-6.11/licenses-used-in-qt.html
    _Row(
        "Qt",
        "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only",
        "LGPL-3.0.txt GPL-3.0.txt",
        (*_QT_CORE, "@/PySide6/Qt6*.dll", "@/PySide6/plugins/*/*.dll", "@/PySide6/Qt/lib/libQt6*.so.6", "@/PySide6/Qt/plugins/*/*.so"),
        "PySide6_Essentials",
        _found(rb"Qt (6\.\d+\.\d+) \("),
    ),
    _Row("ICU", "Unicode-DFS-2016", "ICU.txt", ("@/PySide6/Qt/lib/libicu*.so.*",), "PySide6_Essentials", _InName()),
    _of_qt("Apache Tika MIME type definitions", "Apache-2.0", _QT_CORE),
    _of_qt("BLAKE2", "CC0-1.0 OR Apache-2.0", _QT_CORE),
    _of_qt("Unicode CLDR and character database", "Unicode-3.0", _QT_CORE),
    _of_qt("double-conversion", "BSD-3-Clause", _QT_CORE),
    _of_qt("Easing equations by Robert Penner", "BSD-3-Clause", _QT_CORE),
    _of_qt("MD4, MD5 and SHA-1", "LicenseRef-Public-Domain", _QT_CORE),
    _of_qt("PCRE2", "BSD-3-Clause AND BSD-2-Clause", _QT_CORE, rb"\x00(10\.\d+) \d{4}-\d\d-\d\d\x00"),
    _of_qt("RFC 6234 (SHA-384, SHA-512)", "BSD-3-Clause", _QT_CORE),
    _of_qt("SHA-3", "CC0-1.0 AND BSD-3-Clause", _QT_CORE),
    _of_qt("SipHash", "CC0-1.0", _QT_CORE),
    _of_qt("TinyCBOR", "MIT", _QT_CORE),
    _of_qt("zlib", "Zlib", _QT_CORE),
    _of_qt("emoji-segmenter", "Apache-2.0", _QT_GUI),
    _of_qt("FreeType", "FTL OR GPL-2.0-or-later", _QT_GUI),
    _of_qt("HarfBuzz", "MIT", _QT_GUI),
    _of_qt("ICC profile sRGB2014", "LicenseRef-ICC", _QT_GUI),
    _of_qt("libpng", "libpng-2.0", _QT_GUI, rb"\x00(1\.6\.\d+)\x00"),
    _of_qt("MD4C", "MIT", _QT_GUI),
    _of_qt("OpenGL and Vulkan headers", "MIT", _QT_GUI),
    _of_qt("pixman", "MIT", _QT_GUI),
    _of_qt("Vulkan and D3D12 memory allocators", "MIT", _QT_GUI),
    _of_qt("XSVG", "HPND-sell-variant", _QT_SVG),
)


def parts(layout: Path, packages: Path, interpreter: Origin | None) -> Iterator[Component]:
    """Those whose files are there. Raises InventoryError."""
    for row in _ROWS:
        below = ((packages, pattern[2:]) if pattern.startswith("@/") else (layout, pattern) for pattern in row.files)
        if found := list(dict.fromkeys(path for folder, pattern in below for path in sorted(folder.glob(pattern)))):
            texts = tuple(layout / name[1:] if name.startswith("/") else TEXTS / name for name in row.texts.split())
            yield Component(
                row.name,
                _version(row, found[0]),
                row.licence,
                "pkg:generic/" + re.sub(r"[^a-z0-9_.]+", "-", row.name.lower()).strip("-"),
                texts,
                interpreter if row.name == "CPython" else None,
                files=tuple(path.relative_to(layout).as_posix() for path in found),
                of=row.of,
            )


def _version(row: _Row, path: Path) -> str:
    content = path.read_bytes()
    match row.version:
        case None:
            return ""
        case re.Pattern():
            if found := row.version.search(content):
                return found.group(1).decode("ascii")
        case _InName():
            return path.name.rpartition(".")[2]
        case _FileVersion():
            if told := _file_version(content):
                return ".".join(str(number) for number in told[:3])
        case _PythonVersion():
            if told := _file_version(content):
                return f"{told[0]}.{told[1]}.{told[2] // 1000}"
    raise InventoryError(f"{path.name} does not tell the version of {row.name}: look what it holds now, and tell tools/installer/parts.py")


def _file_version(content: bytes) -> tuple[int, int, int, int] | None:
    at = content.find(_FIXED_FILE_INFO)
    if at < 0 or at + 16 > len(content):
        return None
    high, low = struct.unpack_from("<II", content, at + 8)
    return high >> 16, high & 0xFFFF, low >> 16, low & 0xFFFF
