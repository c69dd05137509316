"""Text for staff about the library system's answer on one item: what happened, why, and what to do."""

from __future__ import annotations

from kiosk.domain.circulation import DONE_BEFORE, ItemAnswer, Outcome, Reason
from kiosk.domain.model import Service
from kiosk.domain.serving.knowledge import NOTHING_WANTED
from kiosk.service_texts import ServiceText
from kiosk.text import knows, say


def told(service: Service, answer: ItemAnswer) -> tuple[str, str]:
    """Return cause and next step for an item for which `service`, one done item by item, was not done; ("", "") if it was.

    The server's own message (`answer.said`) is not included: it is shown separately, as such.
    """
    if answer.outcome is Outcome.DONE:
        return "", ""
    reason = answer.reason or Reason.OTHER
    why, step = say(f"staff.item.{reason}"), _own(f"staff.item.{reason}", service)
    if reason in DONE_BEFORE or (reason in NOTHING_WANTED and answer.outcome is Outcome.REFUSED):
        # "Not lent" or "not reserved" would be wrong: it was, earlier, or nobody asked for it.
        return why, step
    if answer.outcome is Outcome.UNKNOWN:
        return say(ServiceText.WHY_UNKNOWN.of(service)) + why, _own(f"staff.item.{Reason.LOST_ANSWER}", service)
    if reason is Reason.NOT_SEEN_YET:
        return say(ServiceText.WHY_NOT_DONE.of(service)) + why, step
    if reason is Reason.NOT_THERE_YET:
        return say(ServiceText.WHY_NOT_DONE.of(service)) + why, say(ServiceText.WHY_NOT_DONE_NEXT.of(service))
    return say(ServiceText.WHY_REFUSED.of(service)) + why, step


def _own(key: str, service: Service) -> str:
    """Return the next step specific to this service, or else the general one."""
    own = f"{key}-{service}-next"
    return say(own if knows(own) else f"{key}-next")
