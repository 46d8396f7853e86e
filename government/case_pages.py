"""What pages show of a case, and the timeline of its steps: public facts alone. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from government.actions.answering import part_rows
from government.actions.commitments import draft_commitments
from government.dossier_formats import FORMATS
from government.models import Body, Referral, ReferralStep
from government.permissions import may_act_in_case
from government.snapshots import in_language
from government.templatetags.government_tags import answer_context
from proposals.history import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from government.answer_forms import AnswerRows
    from government.models import Answer, CaseLink

Kind = ReferralStep.Kind
BY_CLOCK = frozenset({Kind.WEEK_BEFORE, Kind.DAY_BEFORE, Kind.DUE, Kind.HEAD_TOLD, Kind.STAFF_TOLD})


def case_context(link: CaseLink) -> dict[str, Any]:
    """A case as its official reads it: no note of staff, no address, nobody's account."""
    referral = Referral.objects.for_pages().select_related("official").get(pk=link.referral_id)
    dossier = referral.dossiers.order_by("-number").first()
    language = get_language() or settings.LANGUAGE_CODE
    answer = answer_context(referral) if referral.is_answered else {}
    return {
        **answer,
        "link": link,
        "referral": referral,
        "proposal": referral.proposal,
        "dossier": dossier,
        "formats": list(FORMATS),
        "snapshot": dossier.snapshot if dossier else None,
        "place": in_language(dossier.snapshot["proposal"]["municipality"], language)
        if dossier
        else "",
        "may_act": may_act_in_case(link, referral),
        "is_in_charge": referral.official_id == link.official_id,
        "entries": step_entries([referral]),
    }


def preview_context(answer: Answer, rows: AnswerRows) -> dict[str, Any]:
    """An answer that is not kept yet, as its callout and its commitments will stand there.

    Raises `ValidationError` for a promise that cannot be kept.
    """
    referral = answer.referral
    referral.answer = answer
    commitments = draft_commitments(answer=answer, promises=rows.promises.promises)
    names = Body.objects.localized_names()
    for one in commitments:
        one.body_name = names[one.body.translation_key]  # as `for_pages` adds it
    shown = answer_context(referral, part_rows(answer, rows.parts.parts))
    return {**shown, "commitments": commitments}


def step_entries(referrals: Iterable[Referral]) -> list[Entry]:
    """Public steps as lines of a timeline, the newest first. One query, two if bodies are named."""
    steps = ReferralStep.objects.public().filter(referral__in=referrals)
    rows = list(steps.select_related("body").order_by("-made_at", "-pk"))
    names = Body.objects.localized_names() if any(step.body_id for step in rows) else {}
    return [_entry(step, names) for step in rows]


def _entry(step: ReferralStep, names: dict[Any, str]) -> Entry:
    named = names.get(step.body.translation_key, step.body.name) if step.body else ""
    return Entry(
        status="promoted",
        title=step.get_kind_display(),
        at=step.made_at,
        text=step.words,
        by=_by(step),
        note=_note(step, named),
    )


def _by(step: ReferralStep) -> str:
    if step.shown_as or step.kind in BY_CLOCK:
        return step.by_whom
    return _("our staff")


def _note(step: ReferralStep, named: str) -> str:
    """The fact beside the words: to whom, whose, until when."""
    if step.kind == Kind.NOT_OURS and named:
        return _("named as in charge: %(body)s") % {"body": named}
    if step.whom or named:
        return _("to: %(whom)s") % {"whom": step.to_whom or named}
    if step.due_on and step.kind not in BY_CLOCK:
        return _("until %(day)s") % {"day": date_format(step.due_on, "DATE_FORMAT")}
    return ""
