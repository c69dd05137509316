"""Diagnosis of a failed Qt start, from Qt's messages and a check of what they mention. Does not import Qt, which may not be loadable."""

from __future__ import annotations

import errno
import os
import re
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from kiosk.domain.errors import Code, Unavailable

_NO_DISPLAY = re.compile(r"could not connect to display ?(.*)")
_NOT_FOUND = re.compile(r'Could not find the Qt platform plugin "([^"]*)"')
_NOT_LOADED = re.compile(r'Could not load the Qt platform plugin "([^"]*)"')
_HELLO = b"l\x00" + bytes((11, 0)) + bytes(8)
"""Connection setup request (X11 protocol, 8): least significant byte first, version 11.0, no authorization."""
_LIBRARY = re.compile(r"(lib[^\s/:]+)\.so\.?([\d.]*): ")
_NO_MEMORY = "failed to map segment"
"""The message of glibc's loader when mmap fails."""


def cannot_be_loaded(error: ImportError) -> Unavailable:
    """Return the cause of a failed import of Qt's modules."""
    return _cause(str(error)) or _unusable("broken", detail=_first_line(str(error)))


def why_not(said: Sequence[str], plugins: Path) -> Unavailable:
    """Return the cause of a failed start, from Qt's messages. `plugins`: Qt's plugin directory."""
    words = "\n".join(said)
    if match := _NO_DISPLAY.search(words):
        display = match[1].strip()
        if not display:
            return _unusable("no-display")
        return _unusable("not-allowed" if _answers(display) else "not-answering", display=display)
    if match := _NOT_FOUND.search(words):
        chosen = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
        return _unusable("platform" if match[1] == chosen else "incomplete", platform=match[1])
    if match := _NOT_LOADED.search(words):
        return _cannot_load(match[1], plugins)
    return _unusable("other", detail=_first_line(said[-1]) if said else "")


@contextmanager
def display_called(seconds: float) -> Iterator[None]:
    """Keep a connection to the X display open while Qt connects: a server that loses its only client resets.

    Raises Unavailable: display-unusable, if the display accepts the connection but never responds (Qt would block forever, holding the
    GIL). Any other error is left for Qt to report.
    """
    display = os.environ.get("DISPLAY", "")
    chosen = os.environ.get("QT_QPA_PLATFORM") or ("" if os.environ.get("XDG_SESSION_TYPE") == "wayland" else "xcb")
    with ExitStack() as stack:
        if sys.platform not in ("win32", "darwin") and display and chosen.startswith("xcb"):
            try:
                line = stack.enter_context(_called(display, seconds))
                line.sendall(_HELLO)
                line.recv(1)
            except TimeoutError as error:
                raise _unusable("silent", display=display, seconds=round(seconds)) from error
            except (OSError, ValueError):
                pass
        yield


def _cannot_load(platform: str, plugins: Path) -> Unavailable:
    # Only a start that has failed needs it.
    import ctypes

    try:
        ctypes.CDLL(str(plugins / "platforms" / f"libq{platform}.so"))
    except OSError as error:
        return _cause(str(error)) or _unusable("incomplete", platform=platform)
    return _unusable("not-answering", display=_display() or platform)


def _cause(words: str) -> Unavailable | None:
    """Return the cause of a loader error, unless it lies in the library itself."""
    if _NO_MEMORY in words or _says(errno.ENOMEM, words):
        return _unusable("memory")
    if _says(errno.EMFILE, words) or _says(errno.ENFILE, words):
        return _unusable("open-files")
    return _lacking(words) if _says(errno.ENOENT, words) else None


_IN_ENGLISH = {
    errno.ENOMEM: "annot allocate memory",
    errno.EMFILE: "Too many open files",
    errno.ENFILE: "Too many open files",
    errno.ENOENT: "No such file",
}


def _says(number: int, words: str) -> bool:
    """Whether the message reports this errno. The loader uses the login's language once Qt has set the locale, English before."""
    return os.strerror(number) in words or _IN_ENGLISH[number] in words


def _lacking(words: str) -> Unavailable | None:
    """Name the missing library and the Debian package that holds it (Policy 8.1)."""
    match = _LIBRARY.search(words)
    if match is None:
        return None
    name, version = match[1], match[2].partition(".")[0]
    package = f"{name}{'-' if name[-1].isdigit() and version else ''}{version}".lower()
    return _unusable("library", library=f"{name}.so{'.' if version else ''}{version}", package=package)


def _answers(display: str) -> bool:
    """Whether anything listens at this X display's address."""
    try:
        _called(display, 1).close()
    except (OSError, ValueError):
        return False
    return True


def _called(display: str, seconds: float) -> socket.socket:
    """Connect to an X display (X(7), DISPLAY NAMES). Raises OSError; ValueError if the name is malformed."""
    host, _, rest = display.rpartition(":")
    number = int(rest.partition(".")[0])
    if host not in ("", "unix"):
        return socket.create_connection((host, 6000 + number), timeout=seconds)
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(seconds)
    try:
        line.connect(f"/tmp/.X11-unix/X{number}")  # noqa: S108 - standard location of X11 sockets
    except OSError:
        line.close()
        raise
    return line


def _display() -> str:
    return os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or ""


def _first_line(words: str) -> str:
    return words.strip().partition("\n")[0][:200]


def _unusable(reason: str, **params: str | int) -> Unavailable:
    return Unavailable(Code.DISPLAY_UNUSABLE, reason=reason, **params)
