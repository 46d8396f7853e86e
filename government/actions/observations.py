"""What residents see of commitments: sent in, accepted or refused, taken back, let go of."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.log_actions import log

from government.commitment_notifications import tell_of_observation
from government.models import Observation
from government.permissions import (
    may_decide_observation,
    may_send_observation,
    may_take_back_observation,
)

if TYPE_CHECKING:
    from django.core.files import File

    from accounts.models import User
    from government.models import Commitment

State = Observation.State


# What is left of one that was taken back: that it was there, and by whom it was decided.
WORDLESS = {"text": "", "author_name": "", "photo": "", "photo_alt": "", "reason": ""}


class ObservationDecided(Exception):
    """Somebody decided on it, or took it back, in the meantime; nothing was changed."""


@transaction.atomic
def send_observation(
    *,
    user: User,
    commitment: Commitment,
    verdict: str,
    text: str,
    photo: File[bytes] | None = None,
    photo_alt: str = "",
) -> Observation:
    """Keep what a resident saw, for staff to read first. `photo` from `files.redraw_picture`.

    Raises `PermissionDenied`, and `ValidationError` while an earlier one of theirs still waits.
    """
    if not may_send_observation(user, commitment):
        raise PermissionDenied
    observation = Observation(
        commitment=commitment,
        author=user,
        author_name=user.name,
        verdict=verdict,
        text=text.strip(),
        language=user.language,
        photo=photo or "",
        photo_alt=photo_alt if photo else "",
        made_at=timezone.now(),
    )
    observation.clean_fields()
    try:
        with transaction.atomic():
            observation.save()
    except IntegrityError as error:
        waits = _("What you sent before has not been checked yet. Please wait for that first.")
        raise ValidationError(waits) from error
    log(instance=observation, action="government.send_observation", user=user)
    return observation


@transaction.atomic
def accept_observation(*, user: User, observation: Observation) -> None:
    """Show it to everybody; an earlier one of the same person no longer counts.

    Raises `PermissionDenied`, `ObservationDecided`.
    """
    if not may_decide_observation(user, observation):
        raise PermissionDenied
    if observation.author_id:
        earlier = Observation.objects.accepted().exclude(pk=observation.pk)
        same = earlier.filter(commitment=observation.commitment_id, author=observation.author_id)
        same.update(state=State.REPLACED)
    _decide(user, observation, State.ACCEPTED)


@transaction.atomic
def refuse_observation(*, user: User, observation: Observation, reason: str) -> None:
    """Keep it from the public and tell its author why; its photo is deleted.

    Raises `PermissionDenied`, `ValidationError` for a missing reason, `ObservationDecided`.
    """
    if not may_decide_observation(user, observation):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": _("Give a reason: the author will read it.")})
    _delete_photos([observation])
    _decide(user, observation, State.REFUSED, reason=reason.strip(), photo="", photo_alt="")


def _decide(user: User, observation: Observation, state: str, **columns: str) -> None:
    columns = {"state": state, **columns}
    # The condition in the UPDATE stops two decisions at once.
    waiting = Observation.objects.filter(pk=observation.pk, state=State.WAITING)
    if not waiting.update(decided_by=user, decided_at=timezone.now(), **columns):
        raise ObservationDecided
    for name, value in columns.items():
        setattr(observation, name, value)
    verb = "accept" if state == State.ACCEPTED else "refuse"
    log(instance=observation, action=f"government.{verb}_observation", user=user)
    transaction.on_commit(partial(tell_of_observation, observation))


@transaction.atomic
def take_back_observation(*, user: User, observation: Observation) -> None:
    """Make it as if its author had said nothing: words, name and photo go, and it counts no more.

    Raises `PermissionDenied`, and `ObservationDecided` if it neither waits nor is shown any more.
    """
    if not may_take_back_observation(user, observation):
        raise PermissionDenied
    standing = Observation.objects.standing().filter(pk=observation.pk)
    if not standing.update(state=State.TAKEN_BACK, **WORDLESS):
        raise ObservationDecided
    _delete_photos([observation])
    log(instance=observation, action="government.take_back_observation", user=user)


def _delete_photos(observations: list[Observation]) -> None:
    """Take the files off the disk once nothing can bring the rows back."""
    for one in observations:
        if one.photo:
            transaction.on_commit(partial(one.photo.storage.delete, str(one.photo.name)))


@transaction.atomic
def let_go_of_observations(*, author: User, keep_name: bool) -> None:
    """Part a person, who is about to be erased, from what they reported.

    What nobody else has read goes, with its photo. What is public stays, since the counts rest
    on it: under the name it went out by with `keep_name`, else under “a resident”.
    """
    own = Observation.objects.select_for_update().filter(author=author)
    unread = [one for one in own if one.state != State.ACCEPTED]
    _delete_photos(unread)
    Observation.objects.filter(pk__in=[one.pk for one in unread]).delete()
    if keep_name:
        return
    for language in set(own.values_list("language", flat=True)):
        with override(language):
            name = _("a resident")
        Observation.objects.filter(author=author, language=language).update(author_name=name)
