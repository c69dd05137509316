"""A chart of one figure by day, as SVG in the page: no script, and the table beside it says the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from xml.etree.ElementTree import Element

from kiosk.registry.status.html import element

_WIDTH, _HEIGHT = 600, 160
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 6, 14, 24
_LABELLED_EVERY = 7
"""Days, from today backwards."""


def bar_chart(label: str, days: Mapping[date, int | None], kind: str) -> Element:
    """`label` is what is read out instead. `kind`: a class of the style sheet. A day of which nothing is known has a dash, not a bar."""
    plot_width, plot_height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    most = max(1, *(count or 0 for count in days.values()))
    slot, base = plot_width / len(days), _HEIGHT - _BOTTOM
    chart = element("svg", element("title", label), viewBox=f"0 0 {_WIDTH} {_HEIGHT}", role="img", aria_label=label)
    for number, line in ((0, base), (most, _TOP)):
        chart.append(element("text", f"{number:,}", x=_LEFT - 6, y=line + 4, text_anchor="end"))
    for place, (day, count) in enumerate(days.items()):
        left = _LEFT + place * slot
        if count is None:
            chart.append(element("text", "–", x=f"{left + slot / 2:.1f}", y=base - 4, text_anchor="middle"))
        elif count:
            # A day with a single operation is seen beside one with thousands.
            height = max(2.0, plot_height * count / most)
            size = {"x": f"{left + slot * 0.15:.1f}", "y": f"{base - height:.1f}", "width": f"{slot * 0.7:.1f}", "height": f"{height:.1f}"}
            chart.append(element("rect", class_=f"bar {kind}", **size))
        if (len(days) - 1 - place) % _LABELLED_EVERY == 0:
            chart.append(element("text", f"{day.month}/{day.day}", x=f"{left + slot / 2:.1f}", y=base + 16, text_anchor="middle"))
    chart.append(element("line", class_="axis", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=base, y2=base))
    return chart
