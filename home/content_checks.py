"""What Wagtail's checker tells editors about a page, beyond its own rules. Staff only."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from wagtail.admin.userbar import ContentCheckerItem

# Rule, what it looks at, and how bad a breach is. The functions are in js/editor-checks.js.
OUR_RULES = [
    ("link-says-where", "main a[href]", "serious"),
    ("no-shouting", "main :is(h1, h2, h3)", "moderate"),
    ("alt-adds-something", "main figure img[alt]", "moderate"),
    ("short-sentences", "main :is(.prose, .page-head) p:lang(ru)", "minor"),
]


class ContentChecks(ContentCheckerItem):
    """Wagtail's checks, more of axe's, and our own about words."""

    axe_run_only: ClassVar = [
        *ContentCheckerItem.axe_run_only,
        "identical-links-same-purpose",
        "image-redundant-alt",
        "page-has-heading-one",
        "table-duplicate-name",
        "valid-lang",
    ]
    axe_custom_rules: ClassVar = [
        *ContentCheckerItem.axe_custom_rules,
        *(
            {
                "id": name,
                "impact": impact,
                "selector": selector,
                "tags": ["best-practice"],
                "any": [f"check-{name}"],
                "enabled": True,
            }
            for name, selector, impact in OUR_RULES
        ),
    ]
    axe_custom_checks: ClassVar = [
        *ContentCheckerItem.axe_custom_checks,
        *({"id": f"check-{name}"} for name, _selector, _impact in OUR_RULES),
    ]
    axe_messages: ClassVar[dict[str, dict[str, Any]]] = {
        **ContentCheckerItem.axe_messages,
        "link-says-where": {
            "error_name": _("The link does not say where it leads"),
            "help_text": _("Name the page or the action: “Read the rules”, not “here”."),
        },
        "no-shouting": {
            "error_name": _("A heading all in capitals"),
            "help_text": _("Capitals are hard to read, and screen readers may spell them out."),
        },
        "alt-adds-something": {
            "error_name": _("The picture's description repeats its caption"),
            "help_text": _("Say what the picture shows; the caption is read out anyway."),
        },
        "short-sentences": {
            "error_name": _("A sentence of more than 25 words"),
            "help_text": _("Make two of it."),
        },
        "identical-links-same-purpose": {
            "error_name": _("Two links with the same words lead to different places"),
            "help_text": _("Give each its own words."),
        },
        "image-redundant-alt": {
            "error_name": _("The picture's description repeats the words beside it"),
            "help_text": _("Describe what cannot be read there."),
        },
        "page-has-heading-one": {
            "error_name": _("The page has no main heading"),
            "help_text": _("Give the page a title."),
        },
        "table-duplicate-name": {
            "error_name": _("The table's caption and summary are the same"),
            "help_text": _("Leave one of them out."),
        },
        "valid-lang": {
            "error_name": _("Unknown language code"),
            "help_text": _("Use ru, en or ja."),
        },
    }

    class Media:
        js: ClassVar = ["js/editor-checks.js"]
