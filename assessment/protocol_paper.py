"""A protocol as a tagged PDF, from its frozen contents alone. Reads no models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.template.defaultfilters import floatformat
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.notifications import absolute_url
from assessment.models import Membership
from assessment.public_lists import protocol_table, recusal_lines, selection_lines
from assessment.words import call_of, in_percent
from home.papers import shared_words, typeset
from home.words import said

if TYPE_CHECKING:
    from assessment.models import Protocol


def render_protocol(protocol: Protocol, language: str | None = None) -> bytes:
    """The protocol in PDF/UA-1, in `language` (the active one by default). Raises NotSet."""
    language = language or translation.get_language() or "ru"
    with translation.override(language):
        return typeset("assessment/protocol", paper_data(protocol, language))


def paper_data(protocol: Protocol, language: str) -> dict[str, Any]:
    """What the template sets, in the words of the active language."""
    told = protocol.contents
    committee, _code = said(told["committee"]["name"])
    title, _code = said(told["round"]["title"])
    data = shared_words(language, committee, protocol.made_at)
    data |= {
        "title": title,
        "running": [title, _day(protocol.made_at)],
        "facts": _facts(protocol, committee),
        "criteria": [_criterion(row) for row in told["sheet"]["criteria"]],
        "rows": [_row(line) for line in protocol_table(told)],
        "members": [_member(row) for row in told["members"]],
        "selection": selection_lines(told),
        "recusals": [
            _("%(name)s, proposal No. %(number)s: %(kind)s")
            % {"name": name, "number": number, "kind": kind}
            for name, number, kind in recusal_lines(told)
        ],
        "contents_hash": protocol.contents_hash,
        "url": absolute_url(protocol.round.get_absolute_url()),
    }
    data["labels"] |= _labels()
    return data


def _day(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def _facts(protocol: Protocol, committee: str) -> list[dict[str, str]]:
    quorum, sheets = protocol.contents["quorum"], protocol.contents["sheets"]
    facts = [
        (_("Committee"), committee),
        (_("Call"), call_of(protocol.contents)),
        (_("Protocol of"), _day(protocol.made_at)),
        (_("Members"), str(quorum["members"])),
        (_("Quorum"), str(quorum["needed"])),
        (_("Took part"), str(quorum["took_part"])),
        (_("Recused from all proposals"), str(quorum.get("recused", 0))),
        (_("Sheets sent in"), f"{sheets['sent']} / {sheets['asked']}"),
        (_("Scores changed after a discussion"), str(sheets["scores_changed"])),
    ]
    return [{"label": label, "value": value} for label, value in facts]


def _criterion(row: dict[str, Any]) -> dict[str, str]:
    is_stop = row["kind"] == "stop"
    anchors = [("0", row["low"]), ("5", row["middle"]), ("10", row["high"])]
    words = "; ".join(f"{place} = {said(text)[0]}" for place, text in anchors if text)
    weight = pgettext("criterion", "hard stop, yes or no") if is_stop else in_percent(row["weight"])
    return {"name": said(row["name"])[0], "weight": str(weight), "words": words}


def _row(line: dict[str, Any]) -> dict[str, str]:
    notes = [
        _("Excluded: %(stop)s. %(reasons)s")
        % {"stop": said(name)[0], "reasons": "; ".join(reasons)}
        for name, reasons in line["stopped_by"]
    ]
    if line["gone_in_words"]:
        notes.append(line["gone_in_words"])
    if line["place_reason"]:
        notes.append(f"{line['by_hand']} {line['place_reason']}")
    if line.get("is_selected"):
        notes.append(_("Selected"))
    return {
        "place": "—" if line["place"] is None else str(line["place"]),
        "number": str(line["proposal"]),
        "title": line["title"],
        "lang": line["language"],
        "total": floatformat(line["total"], 2) or "—",
        "spread": floatformat(line["total_spread"], 2) or "—",
        "points": " · ".join(floatformat(mean, 2) or "—" for mean, _spread in line["points"]),
        "notes": "\n".join(notes),
    }


def _member(row: dict[str, Any]) -> dict[str, str]:
    roles = dict(Membership.Role.choices)
    told = [row["name"], said(row["position"])[0], row["organisation"]]
    return {
        "role": str(roles[row["role"]]),
        "name": ", ".join(text for text in told if text),
        "took_part": _("yes") if row["took_part"] else _("no"),
    }


def _labels() -> dict[str, str]:
    return {
        "kind": _("Protocol of an assessment round"),
        "ranking": _("Places"),
        "place": pgettext("in a ranking", "Place"),
        "number": pgettext("number of a proposal", "No."),
        "proposal": _("Proposal"),
        "total": _("Total"),
        "spread": _("Spread"),
        "criteria": _("Criteria"),
        "criterion": _("Criterion"),
        "weight": _("Weight"),
        "meaning": _("What the points mean"),
        "members": _("Members"),
        "role": _("Role"),
        "member": pgettext("of a committee", "Member"),
        "took_part": _("Took part"),
        "recusals": _("Recusals"),
        "selection": _("Selection"),
        "hash": _("SHA-256 of the contents"),
        "address": _("On the site"),
    }
