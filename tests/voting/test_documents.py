"""Documents seen at the desk: one document, one account, and no number anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import translation
from wagtail.models import ModelLogEntry

from accounts.actions import erase_account
from accounts.models import AssuranceLevel
from tests.factories.accounts import UserFactory
from tests.factories.voting import BallotFactory
from voting.actions import DocumentRefused, append_event, cast_ballot, check_document
from voting.actions.erasing import forget_documents
from voting.documents import NumberUnreadable, document_digest, normal_number
from voting.models import AnchorKey
from voting.permissions import DocumentRefusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User

    SignIn = Callable[[User], Client]

pytestmark = pytest.mark.django_db
NUMBER = "0815 123456"


def url() -> str:
    return reverse("desk_admin:document")


@pytest.mark.parametrize(
    "typed", ["08 15 № 123456", "0815-123456", "０８１５１２３４５６", "0815123456 "]
)
def test_number_is_the_same_however_it_is_typed(typed: str) -> None:
    assert document_digest(typed) == document_digest(NUMBER)


def test_number_is_the_same_on_a_russian_and_a_latin_keyboard() -> None:
    assert normal_number("тк 4512345") == normal_number("TK4512345")
    assert document_digest("0815 123457") != document_digest(NUMBER)


@pytest.mark.parametrize("typed", ["", "12", "passport", "--------", "1" * 25, "\0\0"])
def test_number_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(NumberUnreadable):
        normal_number(typed)


def test_check_document_raises_the_level_and_makes_a_key(neighbour: User, registrar: User) -> None:
    first = check_document(user=neighbour, number=NUMBER, by=registrar)
    again = check_document(user=neighbour, number="0815-123456", by=registrar)
    neighbour.refresh_from_db()
    assert neighbour.level == AssuranceLevel.DOCUMENT
    assert first == again == AnchorKey.objects.get(person=neighbour)


def test_check_document_without_an_account_then_with_one_is_the_same_voter(
    neighbour: User, registrar: User
) -> None:
    before = check_document(user=None, number=NUMBER, by=registrar)
    after = check_document(user=neighbour, number=NUMBER, by=registrar)
    assert before.pk == after.pk
    assert bytes(before.sealed_key) == bytes(after.sealed_key)


def refused(**kwargs: object) -> DocumentRefusal:
    with pytest.raises(DocumentRefused) as caught:
        check_document(**kwargs)
    return caught.value.refusal


@pytest.mark.parametrize(("language", "words"), [("ru", "документ №"), ("ja", "書類")])
def test_check_document_is_named_in_the_log_in_the_readers_language(
    language: str, words: str, neighbour: User, registrar: User
) -> None:
    with translation.override(language):
        anchor = check_document(user=neighbour, number="0815 123456", by=registrar)
    entry = ModelLogEntry.objects.for_instance(anchor).get()
    assert entry.label.startswith(words)


def test_check_document_for_a_second_account_is_refused(
    neighbour: User, resident: User, registrar: User
) -> None:
    check_document(user=neighbour, number=NUMBER, by=registrar)
    refusal = refused(user=resident, number=NUMBER, by=registrar)
    assert refusal == DocumentRefusal.OTHER_ACCOUNT
    resident.refresh_from_db()
    assert resident.level == AssuranceLevel.EMAIL
    assert AnchorKey.objects.get().person == neighbour


def test_check_document_after_the_old_account_was_erased_is_fine(
    neighbour: User, resident: User, registrar: User
) -> None:
    check_document(user=neighbour, number=NUMBER, by=registrar)
    erase_account(account=neighbour, by=neighbour, keep_name=False)
    assert check_document(user=resident, number=NUMBER, by=registrar).person == resident


def test_check_document_replaces_an_old_one_only_when_told_so(
    neighbour: User, registrar: User
) -> None:
    old = check_document(user=neighbour, number=NUMBER, by=registrar)
    new = {"user": neighbour, "number": "9999 000001", "by": registrar}
    assert refused(**new) == DocumentRefusal.OTHER_DOCUMENT
    anchor = check_document(**new, replaces=True)
    assert anchor.pk == old.pk
    assert bytes(anchor.sealed_key) == bytes(old.sealed_key)
    assert bytes(AnchorKey.objects.people().get().digest) == document_digest("9999000001")


def test_document_that_was_replaced_stays_the_same_persons(
    neighbour: User, resident: User, registrar: User
) -> None:
    numbers = [NUMBER, "9999 000001", "9999 000002"]
    for number in numbers:
        anchor = check_document(user=neighbour, number=number, by=registrar, replaces=True)
    for number in numbers:
        assert check_document(user=None, number=number, by=registrar) == anchor
        assert check_document(user=neighbour, number=number, by=registrar) == anchor
        assert refused(user=resident, number=number, by=registrar) == DocumentRefusal.OTHER_ACCOUNT
    check_document(user=resident, number="1111 000001", by=registrar)
    new = {"user": resident, "number": NUMBER, "by": registrar, "replaces": True}
    assert refused(**new) == DocumentRefusal.OTHER_ACCOUNT
    assert list(AnchorKey.objects.filter(person=None).values_list("earlier_of", flat=True)) == [
        anchor.pk,
        anchor.pk,
    ]


def test_replaced_documents_go_with_the_account(neighbour: User, registrar: User) -> None:
    for number in (NUMBER, "9999 000001"):
        check_document(user=neighbour, number=number, by=registrar, replaces=True)
    erase_account(account=neighbour, by=neighbour, keep_name=False)
    assert not AnchorKey.objects.exists()


def test_replaced_document_finds_the_key_that_a_round_needs(
    neighbour: User, resident: User, registrar: User, home: object
) -> None:
    """An account that was erased after an annulled vote comes back with the old passport."""
    round_ = BallotFactory(paper=True, level=AssuranceLevel.DOCUMENT)
    for number in (NUMBER, "9999 000001"):
        old = check_document(user=neighbour, number=number, by=registrar, replaces=True)
    neighbour.refresh_from_db()
    event = cast_ballot(user=neighbour, round_id=round_.pk, choice=[1]).event
    append_event(round_, bytes(event.voter), 2, 2, "annul")
    erase_account(account=neighbour, by=neighbour, keep_name=False)
    assert forget_documents() == 0
    anchor = check_document(user=resident, number=NUMBER, by=registrar)
    assert (anchor, anchor.person) == (old, resident)


def test_check_document_never_joins_two_voters(
    neighbour: User, resident: User, registrar: User
) -> None:
    check_document(user=neighbour, number=NUMBER, by=registrar)
    check_document(user=None, number="1111 000001", by=registrar)
    check_document(user=resident, number="2222 000002", by=registrar)
    common = {"user": neighbour, "by": registrar, "replaces": True}
    assert refused(**common, number="1111 000001") == DocumentRefusal.KNOWN
    assert refused(**common, number="2222 000002") == DocumentRefusal.OTHER_ACCOUNT


def test_check_document_of_an_unproven_account_or_of_ones_own_is_refused(registrar: User) -> None:
    unproven = UserFactory(level=AssuranceLevel.NONE)
    assert refused(user=unproven, number=NUMBER, by=registrar) == DocumentRefusal.UNPROVEN
    assert refused(user=registrar, number=NUMBER, by=registrar) == DocumentRefusal.OWN
    assert not AnchorKey.objects.exists()


@pytest.mark.parametrize("person", ["resident", "moderator", "promoter", "editor"])
def test_check_document_by_others_is_refused(
    person: str, neighbour: User, request: pytest.FixtureRequest, staff_of: SignIn
) -> None:
    by = request.getfixturevalue(person)
    with pytest.raises(PermissionDenied):
        check_document(user=neighbour, number=NUMBER, by=by)
    answer = staff_of(by).post(url(), {"number": NUMBER, "email": neighbour.email})
    assert answer.status_code in {302, 403}
    assert not AnchorKey.objects.exists()


def test_document_page_raises_the_level(neighbour: User, registrar: User, staff_of: SignIn) -> None:
    client = staff_of(registrar)
    assert "Document check" in client.get(url()).text
    answer = client.post(url(), {"number": NUMBER, "email": "NEIGHBOUR@example.org"}, follow=True)
    assert "neighbour@example.org now counts" in answer.text
    assert "no-store" in answer["Cache-Control"]
    neighbour.refresh_from_db()
    assert neighbour.level == AssuranceLevel.DOCUMENT


def test_document_page_says_what_is_wrong_and_keeps_what_was_typed(
    registrar: User, staff_of: SignIn
) -> None:
    answer = staff_of(registrar).post(url(), {"number": "12", "email": "nobody@example.org"})
    assert "This is no number of a document" in answer.text
    assert "There is no account with this address" in answer.text
    assert 'value="nobody@example.org"' in answer.text


def test_document_page_offers_to_replace_when_another_was_shown(
    neighbour: User, registrar: User, staff_of: SignIn
) -> None:
    check_document(user=neighbour, number=NUMBER, by=registrar)
    client = staff_of(registrar)
    typed = {"number": "9999 000001", "email": neighbour.email}
    answer = client.post(url(), typed)
    assert answer.status_code == 409
    assert 'name="replaces"' in answer.text
    assert client.post(url(), {**typed, "replaces": "on"}).status_code == 302


def test_number_of_a_document_is_nowhere(
    neighbour: User,
    registrar: User,
    staff_of: SignIn,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither in the database, nor in the log, nor in the audit log, nor in an address."""
    answer = staff_of(registrar).post(url(), {"number": NUMBER, "email": neighbour.email})
    entry = ModelLogEntry.objects.get(action="voting.check_document")
    assert entry.user == registrar
    assert entry.data == {"account": neighbour.pk, "replaces": False}
    for model in apps.get_models():
        for row in model._default_manager.values():
            held = " ".join(
                bytes(value).decode("latin-1")
                if isinstance(value, bytes | memoryview)
                else f"{value}"
                for value in row.values()
            )
            assert "0815123456" not in held.replace(" ", ""), model
    assert "123456" not in caplog.text + answer.url


def as_text(value: object) -> str:
    """A column's value to search in, bytes among them."""
    is_bytes = isinstance(value, bytes | memoryview)
    return bytes(value).decode("latin-1") if is_bytes else f"{value}"
