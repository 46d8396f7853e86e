"""What residents see of commitments: one that counts, decided once, let go of with the account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from wagtail.models import ModelLogEntry

from accounts.actions import erase_account
from accounts.personal_data import personal_data
from government.actions.observations import (
    ObservationDecided,
    accept_observation,
    refuse_observation,
    send_observation,
    take_back_observation,
)
from government.models import Commitment, Observation
from tests.factories.accounts import UserFactory
from tests.factories.government import make_commitment, make_observation

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User
    from proposals.models import CallPage

pytestmark = pytest.mark.django_db
Mail = list[Any]


@pytest.fixture
def commitment(call: CallPage) -> Commitment:
    return make_commitment(state="in_progress")


def states() -> list[str]:
    return list(Observation.objects.order_by("pk").values_list("state", flat=True))


def shown(commitment: Commitment) -> tuple[int, int]:
    found = Commitment.objects.for_pages().get(pk=commitment.pk)
    return found.built, found.not_built


def test_a_person_counts_once_by_the_latest(commitment: Commitment, resident: User) -> None:
    make_observation(commitment)
    make_observation(commitment, user=resident, verdict="not_built")
    assert shown(commitment) == (1, 1)
    make_observation(commitment, user=resident, verdict="built")
    assert states() == ["accepted", "replaced", "accepted"]
    assert shown(commitment) == (2, 0)


def test_second_of_two_clicks_is_not_kept(commitment: Commitment, resident: User) -> None:
    make_observation(commitment, user=resident, accepted=False)
    with pytest.raises(ValidationError):
        make_observation(commitment, user=resident, accepted=False)
    assert states() == ["waiting"]


@pytest.mark.parametrize("state", ["waiting", "accepted"])
def test_database_keeps_one_of_a_person(state: str, commitment: Commitment, resident: User) -> None:
    first = make_observation(commitment, user=resident, accepted=state == "accepted")
    with pytest.raises(IntegrityError), transaction.atomic():
        Observation.objects.create(
            commitment=commitment,
            author=resident,
            verdict="built",
            text="Ещё раз",
            state=state,
            made_at=first.made_at,
        )


def test_observation_is_decided_once(commitment: Commitment, moderator: User) -> None:
    observation = make_observation(commitment, accepted=False)
    stale = Observation.objects.get(pk=observation.pk)
    refuse_observation(user=moderator, observation=observation, reason="Не то место.")
    with pytest.raises(ObservationDecided):
        accept_observation(user=moderator, observation=stale)
    assert states() == ["refused"]


def test_stale_acceptance_replaces_nothing(
    commitment: Commitment, moderator: User, resident: User
) -> None:
    make_observation(commitment, user=resident)
    later = make_observation(commitment, user=resident, accepted=False)
    stale = Observation.objects.get(pk=later.pk)
    refuse_observation(user=moderator, observation=later, reason="Повтор.")
    with pytest.raises(ObservationDecided):
        accept_observation(user=moderator, observation=stale)
    assert states() == ["accepted", "refused"]


@pytest.mark.parametrize("person", ["resident", "promoter", "editor"])
def test_observation_by_the_wrong_person_is_not_decided(
    person: str, commitment: Commitment, request: pytest.FixtureRequest
) -> None:
    user, observation = (
        request.getfixturevalue(person),
        make_observation(commitment, accepted=False),
    )
    with pytest.raises(PermissionDenied):
        accept_observation(user=user, observation=observation)
    with pytest.raises(PermissionDenied):
        refuse_observation(user=user, observation=observation, reason="Нет.")
    assert states() == ["waiting"]


def test_observation_on_a_hidden_proposal_is_refused(
    commitment: Commitment, resident: User
) -> None:
    commitment.proposal.status = "withdrawn"
    with pytest.raises(PermissionDenied):
        send_observation(user=resident, commitment=commitment, verdict="built", text="Стоит.")


def test_refusal_tells_why_and_deletes_the_photo(
    commitment: Commitment,
    moderator: User,
    resident: User,
    mailoutbox: Mail,
    django_capture_on_commit_callbacks: Any,
) -> None:
    photo = ContentFile(b"picture", name="photo.jpg")
    observation = make_observation(
        commitment, user=resident, accepted=False, photo=photo, photo_alt="Пустырь"
    )
    storage, name = observation.photo.storage, observation.photo.name
    with django_capture_on_commit_callbacks(execute=True):
        refuse_observation(user=moderator, observation=observation, reason="Лицо ребёнка в кадре.")
    assert not storage.exists(name)
    observation.refresh_from_db()
    assert not observation.photo
    (mail,) = mailoutbox
    assert mail.to == [resident.email]
    assert "Лицо ребёнка в кадре." in mail.body
    assert "\n" not in mail.subject


def test_acceptance_tells_its_author(
    commitment: Commitment,
    moderator: User,
    mailoutbox: Mail,
    django_capture_on_commit_callbacks: Any,
) -> None:
    observation = make_observation(commitment, user=UserFactory(language="en"), accepted=False)
    with django_capture_on_commit_callbacks(execute=True):
        accept_observation(user=moderator, observation=observation)
    (mail,) = mailoutbox
    assert f"/en/commitments/{commitment.pk}/" in mail.body


def test_person_takes_along_what_they_reported(commitment: Commitment, resident: User) -> None:
    make_observation(commitment, user=resident, text="Опора стоит.")
    make_observation(commitment, text="Чужое.")
    (row,) = personal_data(resident)["observations"]
    assert (row["commitment"], row["text"]) == (commitment.what, "Опора стоит.")


@pytest.mark.parametrize("keep_name", [True, False])
def test_erasing_leaves_what_is_public_and_nothing_else(
    keep_name: bool,
    commitment: Commitment,
    resident: User,
    stranger: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    photo = ContentFile(b"picture", name="photo.jpg")
    make_observation(commitment, user=resident, text="Опора стоит.")
    waits = make_observation(
        commitment, user=resident, accepted=False, photo=photo, photo_alt="Мост"
    )
    storage, name = waits.photo.storage, waits.photo.name
    with django_capture_on_commit_callbacks(execute=True):
        erase_account(account=resident, by=resident, keep_name=keep_name)
    assert not storage.exists(name)
    (left,) = Observation.objects.all()
    assert (left.state, left.author, left.text) == ("accepted", None, "Опора стоит.")
    assert left.author_name == ("Анна" if keep_name else "житель")
    assert shown(commitment) == (1, 0)
    page = stranger.get(commitment.get_absolute_url()).text
    assert ("Анна" in page) is keep_name


def with_photo(commitment: Commitment, user: User, *, accepted: bool = True) -> Observation:
    photo = ContentFile(b"picture", name="photo.jpg")
    words = {"verdict": "not_built", "text": "CANARY-WORDS", "photo_alt": "CANARY-PHOTO"}
    return make_observation(commitment, user=user, accepted=accepted, photo=photo, **words)


def take_back(observation: Observation) -> str:
    return f"/en/commitments/seen/{observation.pk}/take-back/"


@pytest.mark.parametrize("accepted", [True, False])
def test_observation_taken_back_leaves_who_decided_and_no_words(
    accepted: bool,
    commitment: Commitment,
    resident: User,
    stranger: Client,
    client_of: Callable[[User], Client],
    django_capture_on_commit_callbacks: Any,
) -> None:
    observation = with_photo(commitment, resident, accepted=accepted)
    storage, name = observation.photo.storage, observation.photo.name
    browser, own = client_of(resident), commitment.get_absolute_url()
    assert f"seen/{observation.pk}/take-back" in browser.get(own).text
    assert "CANARY-WORDS" in browser.get(take_back(observation)).text
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(take_back(observation))
    assert answer.status_code == 302
    assert not storage.exists(name)
    left = Observation.objects.get()
    assert (left.state, left.text, left.photo_alt, left.author_name) == ("taken_back", "", "", "")
    assert bool(left.decided_by) is accepted
    assert shown(commitment) == (0, 0)
    assert "CANARY" not in f"{stranger.get(own).text}{browser.get(own).text}"
    assert stranger.get(f"/ru/commitments/photos/{observation.pk}/").status_code == 404
    log = ModelLogEntry.objects.for_instance(left).order_by("pk")
    steps = ["send", "accept", "take_back"] if accepted else ["send", "take_back"]
    assert [entry.action for entry in log] == [f"government.{step}_observation" for step in steps]
    assert not any("CANARY" in f"{entry.data}{entry.label}" for entry in log)


def test_observation_of_somebody_else_is_not_taken_back(
    commitment: Commitment,
    resident: User,
    neighbour: User,
    moderator: User,
    stranger: Client,
    client_of: Callable[[User], Client],
) -> None:
    observation = with_photo(commitment, resident)
    for person in (neighbour, moderator):
        with pytest.raises(PermissionDenied):
            take_back_observation(user=person, observation=observation)
        assert client_of(person).get(take_back(observation)).status_code == 404
        assert client_of(person).post(take_back(observation)).status_code == 404
        assert "take-back" not in client_of(person).get(commitment.get_absolute_url()).text
    assert "login" in stranger.get(take_back(observation))["Location"]
    assert stranger.post(take_back(observation)).status_code == 403
    observation.refresh_from_db()
    assert (observation.state, observation.text) == ("accepted", "CANARY-WORDS")


def test_observation_is_decided_or_taken_back_not_both(
    commitment: Commitment, resident: User, moderator: User, client_of: Callable[[User], Client]
) -> None:
    observation = with_photo(commitment, resident, accepted=False)
    stale = Observation.objects.get(pk=observation.pk)
    take_back_observation(user=resident, observation=observation)
    with pytest.raises(ObservationDecided):
        accept_observation(user=moderator, observation=stale)
    page = client_of(resident).post(take_back(observation), follow=True)
    assert "does not wait any more" in page.text
    assert "<form class" not in client_of(resident).get(take_back(observation)).text
    assert states() == ["taken_back"]
    make_observation(commitment, user=resident, verdict="built")
    assert shown(commitment) == (1, 0)


def test_words_of_what_was_taken_back_are_refused_by_the_database(
    commitment: Commitment, resident: User
) -> None:
    observation = with_photo(commitment, resident)
    with pytest.raises(IntegrityError), transaction.atomic():
        Observation.objects.filter(pk=observation.pk).update(state="taken_back")
