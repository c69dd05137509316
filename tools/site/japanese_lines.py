"""Lines of Japanese that a page breaks anywhere are joined without the space that browsers put there."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx

from tools.site.markdown import BETWEEN_WIDE


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", _join)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _join(app: Sphinx, document: nodes.document) -> None:
    for text in list(document.findall(nodes.Text)):
        if "\n" in text and not isinstance(text.parent, nodes.FixedTextElement):
            text.parent.replace(text, nodes.Text(BETWEEN_WIDE.sub("", text.astext())))
