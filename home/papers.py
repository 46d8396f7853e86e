"""Papers as tagged PDF: how they are set, and what every paper's head and foot say.

`typesetter` sets them in a process of its own; what a paper says is its own app's matter.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    import datetime as dt
    from zoneinfo import ZoneInfo

SECONDS_MAX = 60
TYPESETTER = Path(__file__).with_name("typesetter.py")


class NotSet(Exception):
    """The typesetter could not make the paper; the message is its own."""


def typeset(template: str, data: dict[str, Any]) -> bytes:
    """The PDF of a template and its data, made in a process of its own.

    Raises NotSet when it fails or needs more than SECONDS_MAX or the typesetter's memory.
    """
    order = json.dumps({"template": template, "data": data}).encode()
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the data goes in as data
            [sys.executable, "-P", str(TYPESETTER)],
            input=order,
            capture_output=True,
            timeout=SECONDS_MAX,
            env=os.environ | {"RAYON_NUM_THREADS": "2"},  # or it takes every core from the site
            check=True,
        )
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode(errors="replace").strip().splitlines()
        raise NotSet(lines[-1] if lines else f"ended by signal {-error.returncode}") from error
    except subprocess.TimeoutExpired as error:
        raise NotSet(f"not done after {SECONDS_MAX} s") from error
    return done.stdout


def shared_words(
    language: str, site: str, moment: dt.datetime, zone: ZoneInfo | None = None
) -> dict[str, Any]:
    """What every paper's head and foot say."""
    local = moment.astimezone(zone or timezone.get_default_timezone())
    return {
        "lang": language,
        "site": {"name": str(site)},
        "timestamp": int(moment.timestamp()),
        "labels": {
            "prepared": _("Prepared %(when)s (%(zone)s)")
            % {"when": date_format(local, "DATETIME_FORMAT"), "zone": local.tzinfo},
            "page": _("Page {page} of {last}"),
            "boxes": _("A box (□) stands for a character that cannot be printed here, such as a "
                       "small picture. The page on the site shows it."),
        },
    }  # fmt: skip


def number(value: float) -> str:
    """A number as the active language groups its digits."""
    return number_format(value, force_grouping=True)
