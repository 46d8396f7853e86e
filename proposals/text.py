"""What residents write, as safe HTML: paragraphs, lists, links, emphasis. Pure; no database.

Two fences: the Markdown parser lets no HTML through, and nh3 drops what it does not know.
"""

from __future__ import annotations

import re
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {"p", "br", "ul", "ol", "li", "a", "em", "strong", "blockquote", "code", "pre", "hr"}
# Headings would break the page's outline; pictures are uploaded, not fetched from elsewhere.
_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(
    ["heading", "lheading", "image", "html_block", "html_inline"]
)
_BARE_LINK = re.compile(r"(?<!\S)(https?://[^\s<>]*[^\s<>.,;:!?)\]»”’\"'])")


@lru_cache(maxsize=2048)
def to_html(text: str) -> SafeString:
    """Markdown to HTML that is safe to put on a page.

    >>> to_html("Смотрите https://example.org.")
    '<p>Смотрите <a href="https://example.org" rel="nofollow ugc noopener">https://example.org</a>.</p>'
    >>> to_html("<script>alert(1)</script>")
    '<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>'
    """
    html = _parser.render(_BARE_LINK.sub(r"<\1>", text.replace("\0", "")))
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener",
    )
    return mark_safe(clean.strip())
