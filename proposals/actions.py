"""Changes to proposals that have consequences: permission, state, write, log, then the mail."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from wagtail import hooks
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from proposals import states
from proposals.models import (
    CallPage,
    Proposal,
    ProposalDocument,
    ProposalFigures,
    ProposalImage,
    StatusChange,
)
from proposals.notifications import tell_author
from proposals.permissions import may_edit_proposal, may_move_proposal, may_propose
from proposals.selection import Candidate, Rule, choose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.files import File

    from accounts.models import User
    from proposals.permissions import Visitor

# Columns that remember when a proposal first reached a step.
_STAMPS = {"submit": "submitted_at", "accept": "published_at"}
REQUIRED = ("title", "summary", "problem", "solution", "beneficiaries", "category")
TITLE_MIN = 10
# What a withdrawn proposal loses with its author's account.
_WORDS = ("title", "summary", "problem", "solution", "beneficiaries", "author_name")
# Among equals the one published earlier wins, so one without a date comes last.
_NEVER = datetime.max.replace(tzinfo=UTC)


class ProposalMoved(Exception):
    """Somebody else moved the proposal in the meantime; carries its present status."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class ProposalRewritten(Exception):
    """The author changed the text after it was read; nothing was decided."""


class ChoiceChanged(Exception):
    """The figures or a proposal changed after a choice by rule was shown; nothing was moved."""


@transaction.atomic
def start_draft(*, user: User, call: CallPage, **fields: Any) -> Proposal:
    """Begin a proposal as a draft that only its author sees. Raises `PermissionDenied`.

    A second click on the same button finds the draft that the first one made.
    """
    call = call.source
    if not may_propose(user, call):
        raise PermissionDenied
    get_user_model().objects.select_for_update().get(pk=user.pk)  # the second click waits here
    if same := _draft_just_begun(user, call, fields):
        return same
    proposal = Proposal.objects.create(call=call, author=user, author_name=user.name, **fields)
    ProposalFigures.objects.create(proposal=proposal)
    return proposal


def _draft_just_begun(user: User, call: CallPage, fields: dict[str, Any]) -> Proposal | None:
    since = timezone.now() - timedelta(minutes=1)
    drafts = Proposal.objects.filter(author=user, call=call, status=Proposal.Status.DRAFT)
    return drafts.filter(created_at__gte=since, **fields).first() if fields else None


@transaction.atomic
def save_draft(
    *,
    user: Visitor,
    proposal: Proposal,
    key: str = "",
    tags: Iterable[str] | None = None,
    **fields: Any,
) -> Proposal:
    """Write changed fields of a proposal that is still its author's, or the holder's of its key.

    The row is locked and read again first: a text changed after the decision would put words
    before the public that no moderator has read. Raises `PermissionDenied`, and `ValidationError`
    if a proposal that moderators have before them would lose a part.
    """
    current = _locked_for_writing(user, proposal, key)
    for name, value in fields.items():
        setattr(proposal, name, value)
    if current.status == Proposal.Status.SUBMITTED and (missing := missing_parts(proposal)):
        raise ValidationError({name: _("This part is still missing.") for name in missing})
    proposal.save(update_fields=[*fields, "changed_at"])
    if tags is not None:
        proposal.tags.set(list(tags))
    return proposal


def _locked_for_writing(user: Visitor, proposal: Proposal, key: str = "") -> Proposal:
    current = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if not may_edit_proposal(user, current, key):
        raise PermissionDenied
    return current


@transaction.atomic
def add_image(*, user: User, proposal: Proposal, file: File[bytes], alt: str) -> ProposalImage:
    """Keep a picture that `files.redraw_picture` made.

    Raises `PermissionDenied`, and `ValidationError` if there are as many as may be.
    """
    _locked_for_writing(user, proposal)
    _check_room(proposal.images.count(), settings.PROPOSAL_IMAGES_MAX)
    _touch(proposal)
    return ProposalImage.objects.create(proposal=proposal, file=file, alt=alt)


@transaction.atomic
def add_document(
    *, user: User, proposal: Proposal, file: File[bytes], name: str
) -> ProposalDocument:
    """Keep a document that `files.checked_document` let pass; raises as `add_image` does."""
    _locked_for_writing(user, proposal)
    _check_room(proposal.documents.count(), settings.PROPOSAL_DOCUMENTS_MAX)
    _touch(proposal)
    return ProposalDocument.objects.create(
        proposal=proposal, file=file, name=name, size_bytes=file.size
    )


@transaction.atomic
def remove_file(*, user: User, attached: ProposalImage | ProposalDocument) -> None:
    """Take a picture or a document off a proposal. Raises `PermissionDenied`."""
    _locked_for_writing(user, attached.proposal)
    _touch(attached.proposal)
    attached.delete()
    # Only once the row is gone for good: a file cannot be rolled back.
    transaction.on_commit(partial(attached.file.delete, save=False))


def _check_room(present: int, most: int) -> None:
    if present >= most:
        raise ValidationError(
            ngettext(
                "There can be no more than %(count)d. Remove it first.",
                "There can be no more than %(count)d. Remove one first.",
                most,
            ),
            params={"count": most},
        )


def _touch(proposal: Proposal) -> None:
    # A moderator who has read the words before must not publish files nobody has seen.
    Proposal.objects.filter(pk=proposal.pk).update(changed_at=timezone.now())


def missing_parts(proposal: Proposal) -> list[str]:
    """Names of the fields without which a proposal cannot be sent in."""
    missing = [name for name in REQUIRED if not getattr(proposal, name)]
    if proposal.title and len(proposal.title) < TITLE_MIN:
        missing.insert(0, "title")
    return missing


def submit_proposal(*, user: User, proposal: Proposal) -> StatusChange:
    """Send a draft to the moderators. Raises `ValidationError`, `PermissionDenied`.

    A returned proposal may be sent again after the phase is over: the author was asked to.
    """
    if missing := missing_parts(proposal):
        raise ValidationError({name: _("This part is still missing.") for name in missing})
    if proposal.status == Proposal.Status.DRAFT and not may_propose(user, proposal.call):
        raise PermissionDenied
    return move_proposal(user=user, proposal=proposal, verb="submit")


@transaction.atomic
def move_proposal(
    *,
    user: User,
    proposal: Proposal,
    verb: str,
    reason: str = "",
    seen_at: datetime | None = None,
) -> StatusChange:
    """Make one move of `states.MOVES` and everything that follows from it.

    `seen_at` is the `changed_at` of the text that was read: words put in after it must not be
    published by a decision about the words before. Raises `PermissionDenied` for the wrong
    person, `ValidationError` for a missing reason, `ProposalMoved` if the proposal is not where
    the move starts from (any more), `ProposalRewritten` if it reads differently by now.
    """
    move = states.MOVES[verb]
    if not may_move_proposal(user, proposal, verb):
        raise PermissionDenied
    if move.reason_required and not reason.strip():
        raise ValidationError({"reason": _("Give a reason: the author will read it.")})
    return _make_move(proposal, verb, user, reason.strip(), seen_at)


def _make_move(
    proposal: Proposal, verb: str, user: User | None, reason: str, seen_at: datetime | None
) -> StatusChange:
    change = _write_move(proposal, verb, user, reason, seen_at)
    log(instance=proposal, action=f"proposals.{verb}", user=user, data={"reason": change.reason})
    for after in hooks.get_hooks("after_move_proposal"):
        after(change)
    transaction.on_commit(partial(tell_author, change))
    return change


def _write_move(
    proposal: Proposal, verb: str, user: User | None, reason: str, seen_at: datetime | None
) -> StatusChange:
    now = timezone.now()
    was = proposal.status
    stamps = {_STAMPS[verb]: now} if verb in _STAMPS else {}
    move = states.MOVES[verb]
    still = {"status": was} | ({"changed_at": seen_at} if seen_at else {})
    # The condition in the UPDATE, not the check before it, stops two decisions at once.
    moved = was in move.sources and Proposal.objects.filter(pk=proposal.pk, **still).update(
        status=move.target, changed_at=now, **stamps
    )
    if not moved:
        status = Proposal.objects.values_list("status", flat=True).get(pk=proposal.pk)
        is_there = status == was and was in move.sources
        raise ProposalRewritten if is_there else ProposalMoved(status)
    for name, value in {"status": move.target, **stamps}.items():
        setattr(proposal, name, value)
    return StatusChange.objects.create(
        proposal=proposal,
        verb=verb,
        from_status=was,
        to_status=move.target,
        role=move.role,
        by=user,
        reason=reason,
        made_at=now,
    )


@transaction.atomic
def let_go_of_author(*, author: User, keep_name: bool) -> None:
    """Part a person, who is about to be erased, from their proposals.

    What nobody else has read goes, with its files. What was published stays, since neighbours
    stand behind it: under the name it went out by with `keep_name`, else under “a resident”.
    Of one that was withdrawn only the frame of its votes stays.
    """
    own = Proposal.objects.select_for_update().filter(author=author)
    # Locked and read here: a moderator may be accepting one of them at this moment.
    rows = list(own.only("pk", "status", "language", "published_at"))
    unread = [row.pk for row in rows if row.published_at is None and not row.is_public]
    withdrawn = [row.pk for row in rows if row.published_at and not row.is_public]
    _delete_files([*unread, *withdrawn])
    _forget_titles([*unread, *withdrawn])
    Proposal.objects.filter(pk__in=unread).delete()
    for row in Proposal.objects.filter(pk__in=withdrawn):
        _blank(row)
    if not keep_name:
        for language in {row.language for row in rows}:
            with override(language):
                name = _("a resident")
            Proposal.objects.filter(author=author, language=language).update(author_name=name)


def _blank(proposal: Proposal) -> None:
    for name in _WORDS:
        setattr(proposal, name, "")
    proposal.save(update_fields=_WORDS)  # saved one by one, so that the search index forgets too
    proposal.tags.clear()


def _delete_files(proposals: list[int]) -> None:
    """Delete these proposals' files, from the disk once nothing can bring the rows back."""
    for model in (ProposalImage, ProposalDocument):
        rows = model.objects.filter(proposal__in=proposals)
        for row in rows:
            transaction.on_commit(partial(row.file.storage.delete, str(row.file.name)))
        rows.delete()


def _forget_titles(proposals: list[int]) -> None:
    """The audit log keeps what was done, under a number instead of the person's words."""
    kind = ContentType.objects.get_for_model(Proposal)
    for pk in proposals:
        entries = ModelLogEntry.objects.filter(content_type=kind, object_id=str(pk))
        entries.update(label=f"#{pk}")


@transaction.atomic
def import_proposal(
    *, call: CallPage, external_id: str, supports: int = 0, **fields: Any
) -> tuple[Proposal, str]:
    """Publish a proposal from another system, or bring it up to date; for the command line.

    Found again by its number there, so a second import changes only what differs. Returns the
    proposal and "created", "updated" or "unchanged". Raises `ValidationError`.
    """
    known = Proposal.objects.filter(call=call, external_id=external_id).first()
    proposal = known or Proposal(call=call, external_id=external_id, published_at=timezone.now())
    differs = [name for name, value in fields.items() if getattr(proposal, name) != value]
    for name in differs:
        setattr(proposal, name, fields[name])
    # The language may be one the site does not speak; the text is shown as it was written.
    proposal.full_clean(exclude=["call", "draft_key", "external_id", "language"])
    if differs or known is None:
        proposal.save()
    figures, _made = ProposalFigures.objects.get_or_create(proposal=proposal)
    recounted = figures.imported_support_count != supports
    if recounted:
        figures.imported_support_count = supports
        figures.save(update_fields=["imported_support_count"])
    if known is None:
        _make_move(proposal, "import", None, "", None)
        return proposal, "created"
    return proposal, "updated" if differs or recounted else "unchanged"


def candidates_of(call: CallPage, *, with_imported: bool = False) -> list[Candidate]:
    """The call's proposals that gather support, as the rules of selection see them. One query."""
    rows = Proposal.objects.filter(call=call, status=Proposal.Status.SUPPORTING).values_list(
        "pk",
        "figures__support_count",
        "figures__imported_support_count",
        "category_id",
        "published_at",
    )
    return [
        Candidate(pk, (cast or 0) + (imported or 0) * with_imported, category, published or _NEVER)
        for pk, cast, imported, category, published in rows
    ]


@transaction.atomic
def shortlist_chosen(
    *, user: User, call: CallPage, rule: Rule, expected: list[int], with_imported: bool = False
) -> list[StatusChange]:
    """Shortlist what the rule chooses now, if that is still what the person was shown.

    Raises `PermissionDenied`, `ChoiceChanged` if another choice or a move came between.
    """
    if not user.has_perm("proposals.promote_proposal"):
        raise PermissionDenied
    places = choose(candidates_of(call, with_imported=with_imported), rule)
    chosen = [place.candidate.pk for place in places if place.is_chosen]
    if chosen != expected:
        raise ChoiceChanged
    proposals = Proposal.objects.in_bulk(chosen)
    try:
        changes = [
            move_proposal(user=user, proposal=proposals[pk], verb="shortlist") for pk in chosen
        ]
    except ProposalMoved as moved:
        raise ChoiceChanged from moved
    data = {**asdict(rule), "with_imported": with_imported, "chosen": chosen}
    log(instance=call, action="proposals.choose", user=user, data=data)
    return changes
