"""What the public pages show, gathered in few queries. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessment.findings import criteria_of_round
from assessment.hashes import hash_of
from assessment.models import Assignment, Committee, Decision, Membership
from home.words import said
from proposals.models import Proposal

if TYPE_CHECKING:
    from assessment.models import AssessmentRound

DECISIONS_SHOWN = 10


def committee_rows() -> list[tuple[Committee, int]]:
    """Every committee in the active language, with how many sit in it now. Two queries."""
    in_office = Membership.objects.in_office().values_list("committee")
    counts = dict(in_office.annotate(count=Count("pk")))
    return [(one, counts.get(one.pk, 0)) for one in Committee.objects.in_language()]


def committee_context(committee: Committee) -> dict[str, Any]:
    """Members in office, documents, meetings, latest decisions, rounds. Five queries."""
    members = list(committee.memberships.in_office().in_order())
    voting = [one for one in members if one.role != one.Role.SECRETARY]
    decisions = Decision.objects.filter(item__meeting__committee=committee.pk)
    return {
        "committee": committee,
        "members": members,
        "quorum": committee.quorum_for(len(voting)),
        "documents": committee.documents.select_related("document"),
        "meetings": committee.meetings.all(),
        "decisions": decisions.select_related("item__meeting").order_by(
            "-item__meeting__held_at", "item__number"
        )[:DECISIONS_SHOWN],
        "rounds": committee.rounds.public().select_related("protocol"),
    }


def protocol_context(round_: AssessmentRound) -> dict[str, Any]:
    """A round's page, with its protocol if there is one. Two queries, whatever it holds."""
    names = Committee.objects.filter(translation_key=round_.committee.translation_key)
    protocol = getattr(round_, "protocol", None)
    return {
        "round": round_,
        "committee_name": names.localized_names()[round_.committee.translation_key],
        "criteria": criteria_of_round(round_),
        "protocol": protocol,
        "table": protocol_table(protocol.contents) if protocol else [],
        "recusals": recusal_lines(protocol.contents) if protocol else [],
        "selection": selection_lines(protocol.contents) if protocol else _rule_of(round_),
        "is_intact": protocol and hash_of(protocol.contents) == protocol.contents_hash,
    }


def _rule_of(round_: AssessmentRound) -> list[str]:
    rule = round_.sheet.get("selection")
    return [rule_in_words(rule["count"], by_theme=rule["by_theme"])] if rule else []


def protocol_table(contents: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of a protocol: each proposal with its points in the order of the criteria."""
    scales = [row["number"] for row in contents["sheet"]["criteria"] if row["kind"] == "scale"]
    names = {row["number"]: row["name"] for row in contents["sheet"]["criteria"]}
    return [
        row
        | {
            "points": [
                (row["means"].get(str(number)), row["spreads"].get(str(number)))
                for number in scales
            ],
            "stopped_by": [(names[stop["criterion"]], stop["reasons"]) for stop in row["stops"]],
            "by_hand": by_hand_in_words(row),
            "gone_in_words": gone_in_words(row["gone"]) if row.get("gone") else "",
        }
        for row in contents["proposals"]
    ]


def by_hand_in_words(line: dict[str, Any]) -> str:
    """What was decided by hand about a proposal; its reason follows. Empty for nothing."""
    if not line["place_reason"]:
        return ""
    told = []
    if line.get("is_placed_by_hand", True):
        words = _("Place %(place)s by scores; moved by hand.")
        told.append(words % {"place": line["place_by_scores"]})
    if line.get("is_selected_by_hand"):
        told.append(_("Selected by hand.") if line["is_selected"] else _("Left out by hand."))
    return " ".join([*told, _("Reason:")])


def gone_in_words(status: str) -> str:
    """Why a proposal that was read has no place."""
    return _("Not ranked, since it left the round: %(status)s.") % {
        "status": Proposal.Status(status).label
    }


def rule_in_words(count: int, *, by_theme: bool) -> str:
    """How many will be selected, and how, as it is said before there are any places."""
    words = ngettext(
        "The best %(count)d is selected.", "The best %(count)d are selected.", count
    ) % {"count": count}
    themes = _("Each theme is given its part, in proportion to the proposals sent in to the call.")
    return f"{words} {themes}" if by_theme else words


def selection_lines(contents: dict[str, Any]) -> list[str]:
    """How those selected follow from the places, in sentences; none where a round only ranks."""
    selection = contents.get("selection")
    if not selection:
        return []
    count = len(selection["chosen"])
    lines = [
        ngettext("%(count)d proposal is selected.", "%(count)d proposals are selected.", count)
        % {"count": count}
    ]
    if selection["by_theme"]:
        lines.append(
            _(
                "Each theme is given places in proportion to the proposals sent in to the call, by"
                " the method of largest remainders; of equal remainders the theme with more"
                " proposals comes first. Places that a theme cannot fill go to the others. Inside"
                " a theme the better places are selected."
            )
        )
        lines += [_theme_line(theme) for theme in selection["themes"]]
    lines.append(
        _(
            "Who shares a place stands in the order of supports, then of publication, then of"
            " numbers."
        )
    )
    return lines


def _theme_line(theme: dict[str, Any]) -> str:
    words = _("%(theme)s: sent in %(sent_in)d, places %(places)d, selected %(selected)d.")
    return words % {**theme, "theme": said(theme["name"])[0] or _("No theme")}


def recusal_lines(contents: dict[str, Any]) -> list[tuple[str, int, Any]]:
    """Who was recused from which proposal and why, in words."""
    kinds = dict(Assignment.Recusal.choices)
    return [(row["member"], row["proposal"], kinds[row["kind"]]) for row in contents["recusals"]]
