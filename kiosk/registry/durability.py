"""Whether the database may lose what it has committed: counters were told that it holds."""

from __future__ import annotations

from peewee import Database

from kiosk.ledger.database import ask
from kiosk.registry.database import RegistryDatabase

_NEEDED = ("fsync", "full_page_writes", "synchronous_commit")
"""PostgreSQL's settings (its manual, "Reliability and the Write-Ahead Log"): off, each of them loses commits when the power fails."""


def commits_may_be_lost(database: RegistryDatabase) -> list[str]:
    """The settings of PostgreSQL that lose commits, as "fsync=off"; none on SQLite, which the program sets up. Raises Unavailable."""
    return database.read(_losing) if database.is_postgresql else []


def product_of(database: RegistryDatabase) -> str:
    """Which database it is, with its version. Raises Unavailable."""
    question, name = ("SHOW server_version", "PostgreSQL") if database.is_postgresql else ("SELECT sqlite_version()", "SQLite")
    return database.read(lambda opened: f"{name} {str(ask(opened, question).fetchone()[0]).split()[0]}")


def _losing(database: Database) -> list[str]:
    values = {name: str(ask(database, f"SHOW {name}").fetchone()[0]) for name in (*_NEEDED, "synchronous_standby_names")}
    # With a standby that is waited for, "local" waits for this disk alone, and a failover loses what was answered.
    losing = ("off", "local") if values.pop("synchronous_standby_names") else ("off",)
    return [f"{name}={value}" for name, value in values.items() if value in losing]
