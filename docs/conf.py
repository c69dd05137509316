"""The site of manuals, built by `make docs` (https://www.sphinx-doc.org/en/master/usage/configuration.html)."""

from __future__ import annotations

import configparser
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

project = "マイナンバーカード連携窓口"
_package = configparser.ConfigParser()
_package.read(ROOT / "setup.cfg")
version = release = _package["metadata"]["version"]
language = "ja"
extensions = ["myst_parser", "tools.site.japanese_lines", "tools.site.made_pages", "tools.site.readings", "tools.site.search_index"]
source_suffix = {".md": "markdown"}
# For whoever changes the program, and not in the words of the site.
exclude_patterns = ["windows-branches.md"]
nitpicky = True
highlight_language = "none"

myst_enable_extensions = ["attrs_block", "colon_fence", "deflist"]
myst_heading_anchors = 4

html_theme = "furo"
html_title = "マイナンバーカード連携窓口の手引き"
html_static_path = ["_static"]
html_css_files = ["site.css"]
templates_path = ["_templates"]
# Nothing is fetched from elsewhere, and no source is shown: the folder is read at counters without a network.
html_copy_source = html_show_sourcelink = html_use_index = html_show_sphinx = False
html_theme_options = {"top_of_page_buttons": []}
html_additional_pages = {"search": "search.html"}
