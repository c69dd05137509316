"""Nothing that is said in a page becomes part of its markup, read by others' parser."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.registry.status.html import clean, document, element, table

TAGS = "html head meta meta meta title style body p b table caption thead tr th tbody tr th td i".split()
ANY = st.text(st.characters(exclude_categories=()), max_size=40)


class Read(HTMLParser):
    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@given(ANY, ANY)
@example("</p><script>alert(1)</script>", '" onload="alert(1)')
@example("<!--", "&quot;&#34;")
@example("&lt;b&gt; &amp;amp;", "'\x00\n\t")
def test_texts_and_attributes_stay_what_they_are(text: str, value: str) -> None:
    body = element("p", text, element("b", text), text, title=value), table(text, [text], [[text, element("i", text)]])
    read = Read(document("題", "p { }", *body))
    assert read.tags == TAGS
    assert ("title", clean(value).replace("\r\n", "\n")) in [(name, (said or "").replace("\r\n", "\n")) for name, said in read.attributes]
    assert "".join(read.texts).count(clean(text)) >= 7 or not text


def test_words_that_python_keeps_are_spelt_with_a_line() -> None:
    made = element("label", "a", None, element("b"), "c", for_="x", class_="y", aria_label="z")
    assert (made.attrib, made.text, made[0].tail) == ({"for": "x", "class": "y", "aria-label": "z"}, "a", "c")
