"""HTML as a tree: nothing that is said in it can become markup, since ElementTree writes text and attributes escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, tostring

_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What no HTML document may hold, and what no UTF-8 can."""


def element(tag: str, *content: str | Element | None, **attributes: str | int) -> Element:
    """An element; `class_` and `for_` stand for the words Python keeps to itself, `aria_label` for `aria-label`. None: nothing."""
    made = Element(tag, {_name(name): clean(str(value)) for name, value in attributes.items()})
    add(made, *content)
    return made


def add(parent: Element, *content: str | Element | None) -> None:
    for one in content:
        if isinstance(one, str):
            _add_text(parent, clean(one))
        elif one is not None:
            parent.append(one)


def table(caption: str, heads: Iterable[str], rows: Iterable[Iterable[str | Element]], **attributes: str) -> Element:
    """A table whose first column names its rows."""
    made = element("table", element("caption", caption), **attributes)
    head = SubElement(SubElement(made, "thead"), "tr")
    for text in heads:
        head.append(element("th", text, scope="col"))
    body = SubElement(made, "tbody")
    for cells in rows:
        row = SubElement(body, "tr")
        for place, cell in enumerate(cells):
            row.append(element("td", cell) if place else element("th", cell, scope="row"))
    return made


def document(title: str, style: str, *body: Element) -> bytes:
    """A page in Japanese. `style` is written as it is: a file of ours."""
    head = element("head", element("meta", charset="utf-8"), element("meta", name="viewport", content="width=device-width"))
    add(head, element("meta", name="robots", content="noindex"), element("title", title))
    # ElementTree writes what is in a style as it is.
    SubElement(head, "style").text = style
    page = element("html", head, element("body", *body), lang="ja")
    written: str = tostring(page, encoding="unicode", method="html")
    return f"<!doctype html>\n{written}".encode()


def clean(text: str) -> str:
    return _NOT_TEXT.sub("\ufffd", text)


def _name(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _add_text(parent: Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text
