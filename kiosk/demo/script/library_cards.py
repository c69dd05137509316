"""Library cards of every kind, scanned on the waiting page."""

from __future__ import annotations

from kiosk.demo.script.moves import Moves, Steps

REFUSED = {
    "expired": "library-card-expired",
    "stopped": "library-card-stopped",
    "lost": "library-card-stopped",
    "owing": "library-card-stopped",
    "replaced": "library-card-differs",
    "unknown": "library-card-unknown",
}


def kinds(do: Moves) -> Steps:
    yield from do.chapter("library-cards")
    yield from do.scan("soon")
    yield from do.see_staff("patron.card-ends-text", "card-soon")
    yield from do.end()
    yield from do.scan("full")
    yield from do.see_staff("patron.name")
    yield from do.scan_item("kitchen")
    yield from do.see_item("kitchen", "refused-patron-loan", "card-full")
    yield from do.end()
    for card, code in REFUSED.items():
        yield from do.scan(card)
        yield from do.see_refusal(code, f"card-{card}")
        yield from do.staff("action.close")
