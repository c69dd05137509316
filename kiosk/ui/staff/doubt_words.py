"""What became of items whose answer was lost, in words for staff: title and text of a notice."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.domain.circulation import Item, Outcome
from kiosk.domain.doubts_after_session import LookedAt
from kiosk.domain.states import Late, Unclear
from kiosk.service_texts import ServiceText
from kiosk.text import say
from kiosk.ui.staff.serving.item_texts import grouped
from kiosk.ui.staff.times import to_the_minute
from kiosk.ui.widgets.words import unmarked


def late_words(late: Sequence[Late]) -> tuple[str, str]:
    """Return the late answers of one service, in the order found."""
    service = late[0].service
    named = [_named(each) for each in late if each.service is service]
    return say(ServiceText.FOUND_DONE.of(service)), "\n".join([*named, say(ServiceText.FOUND_DONE_NEXT.of(service))])


def unclear_words(unclear: Sequence[Unclear]) -> tuple[str, str]:
    """Return the items whose outcome the last check could not establish."""
    first, named = unclear[0], _items([each.item for each in unclear])
    if first.outcome is Outcome.UNKNOWN:
        return say(ServiceText.FOUND_UNKNOWN.of(first.service)), f"{named}\n{say('staff.banner.unknown-next')}"
    at = unclear[-1].at
    when = "" if at is None else say("staff.banner.not-done-at", time=to_the_minute(at))
    return say(ServiceText.FOUND_NOT_DONE.of(first.service)), f"{named}\n{when}{say('staff.banner.not-done-next')}"


def looked_at_words(told: LookedAt) -> tuple[str, str]:
    """Return the items that are being checked again."""
    detail = f"{_items(told.items)}\n{say(f'staff.banner.unclear-{told.doing}')}"
    return say(ServiceText.BEING_LOOKED_AT.of(told.service)), detail


def _items(items: Sequence[Item]) -> str:
    """Return the items on one line, followed closely by what is being done about them."""
    if len(items) == 1:
        return _item(items[0])
    return say("staff.banner.unclear-items", numbers="、".join(grouped(item.number) for item in items))


def _item(item: Item) -> str:
    number, title = grouped(item.number), unmarked(item.title)
    return say("staff.banner.late-item", title=title, number=number) if title else say("staff.line.untitled", number=number)


def _named(late: Late) -> str:
    """Return the item and, as far as it may be retained, its patron (masked) and time."""
    item = _item(late.item)
    if not late.masked:
        return item
    if late.at is None:
        return say("staff.banner.late-of", item=item, number=late.masked)
    return say("staff.banner.late-of-at", item=item, number=late.masked, time=to_the_minute(late.at))
