"""Asks a store everything it can be asked: whatever was done to it, it answers, or refuses in its own words."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from kiosk.domain.errors import Unavailable
from kiosk.store.repository import Repository


def ask_everything(store: Repository) -> None:
    """Raises whatever is not Unavailable."""
    questions: list[Callable[[], object]] = [
        store.examine,
        store.look,
        store.count_links,
        lambda: list(store.list_links()),
        lambda: list(store.audit_rows()),
        store.verify_audit,
        lambda: store.confirm_sheet("x"),
        store.close,
        store.count_links,
        store.examine,
    ]
    for question in questions:
        with suppress(Unavailable):
            question()
