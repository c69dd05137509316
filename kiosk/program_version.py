"""Which program this is."""

from __future__ import annotations

TRIAL = "+trial"
"""How the version of a program ends whose installer holds a Python that nobody should use in earnest (a local version of PEP 440)."""


def program_version() -> str:
    """The version of this program, as packaged."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("library-card-kiosk")
    except PackageNotFoundError:  # a bare checkout
        return "0"


def is_trial() -> bool:
    return program_version().endswith(TRIAL)
