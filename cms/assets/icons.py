"""Makes `cms/static/icons.svg`, one sprite of Lucide icons. Run by hand; not part of the site.

cd /tmp && npm pack lucide-static@1.62.0 && tar xzf lucide-static-1.62.0.tgz && cd -
python -m cms.assets.icons /tmp/package
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "static" / "icons.svg"

# A proposal's status is the name of its symbol: `status-<status>`.
STATUSES = {
    "draft": "pencil",
    "submitted": "clock",
    "returned": "undo-2",
    "rejected": "x",
    "withdrawn": "log-out",
    "supporting": "arrow-up",
    "shortlisted": "glasses",
    "promoted": "landmark",
    "accepted": "check",
    "declined": "x",
    "in_progress": "hammer",
    "done": "flag",
    "archived": "archive",
    "merged": "merge",
}
ICONS = """
    arrow-left arrow-right arrow-up-right briefcase building bus calendar check chevron-down
    circle-check clock cpu download eye file file-text globe graduation-cap hand heart-handshake
    image info landmark leaf link lock log-in map map-pin menu message-square monitor moon pencil
    plus printer quote rss search share-2 star sun tag ticket trash-2 triangle-alert undo-2 user
    users video x
""".split()  # noqa: SIM905 - as a literal it would be fifty lines
HEAD = (
    "<!-- Lucide 1.62.0, ISC License, Copyright (c) 2026 Lucide Icons and Contributors;"
    " parts MIT, Copyright (c) 2013-present Cole Bemis. icons.LICENSE.txt holds both. -->\n"
    '<svg xmlns="http://www.w3.org/2000/svg">\n'
)
STYLE = (
    'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'
    ' stroke-linecap="round" stroke-linejoin="round"'
)


def symbol(package: Path, name: str, identifier: str) -> str:
    """One icon as a <symbol>: its shapes on one line, without the file's own wrapper."""
    source = (package / "icons" / f"{name}.svg").read_text()
    shapes = source[source.index(">", source.index("<svg")) + 1 : source.index("</svg>")]
    shapes = re.sub(r"\s*\n\s*", "", shapes).replace(" />", "/>")
    return f'<symbol id="{identifier}" {STYLE}>{shapes}</symbol>\n'


if __name__ == "__main__":
    source_package = Path(sys.argv[1])
    symbols = [symbol(source_package, name, name) for name in ICONS]
    symbols += [
        symbol(source_package, name, f"status-{status}") for status, name in STATUSES.items()
    ]
    TARGET.write_text(HEAD + "".join(symbols) + "</svg>\n")
    (TARGET.parent / "icons.LICENSE.txt").write_text((source_package / "LICENSE").read_text())
    print(f"{TARGET.name}: {len(symbols)} symbols, {TARGET.stat().st_size:,} bytes")
