"""The staff's side of proposals in Wagtail's admin: list, decision page, bulk steps, shortlist."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from wagtail.models import Locale, ModelLogEntry, PageLogEntry

from proposals.actions import move_proposal
from proposals.models import Proposal, ProposalDocument, ProposalFigures
from proposals.reasons import CODED
from proposals.viewsets.decision import next_waiting
from tests.factories.accounts import MunicipalityFactory, UserFactory
from tests.factories.moderation import let_mails_go
from tests.factories.proposals import CategoryFactory, ProposalFactory, make_call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from django.core.mail import EmailMessage
    from django.test import Client

    from accounts.models import User
    from proposals.models import CallPage

    SignIn = Callable[[User], Client]
    Commit = Callable[..., AbstractContextManager[list[Callable]]]

Status = Proposal.Status
INDEX = "/admin/proposals/"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def waiting(minutes_ago: int = 0, **fields: object) -> Proposal:
    sent = timezone.now() - timedelta(minutes=minutes_ago)
    return ProposalFactory(status=Status.SUBMITTED, submitted_at=sent, published_at=None, **fields)


def page_of(proposal: Proposal) -> str:
    return reverse("proposals_admin:inspect", args=[proposal.pk])


def decision(proposal: Proposal, verb: str, reason: str = "", stage: str = "send") -> dict:
    seen = Proposal.objects.get(pk=proposal.pk).changed_at.isoformat()
    code = "unclear" if verb in CODED else ""
    return {"verb": verb, "reason": reason, "reason_code": code, "stage": stage, "seen_at": seen}


# The list ----------------------------------------------------------------------------------------


def test_list_shows_each_column(proposal: Proposal, moderator: User, staff_of: SignIn) -> None:
    ProposalFigures.objects.filter(pk=proposal.pk).update(
        support_count=7, imported_support_count=1234
    )
    page = staff_of(moderator).get(INDEX).content.decode()
    for text in (proposal.title, proposal.call.title, proposal.category.name, "1,234", "Imported"):
        assert text in page


def test_staff_read_a_calls_title_in_their_language(
    call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    proposal = waiting(call=call)
    english = call.copy_for_translation(Locale.objects.get(language_code="en"), copy_parents=True)
    english.title = "Yards of Khabarovsk"
    english.save_revision().publish()
    client = staff_of(moderator)
    assert "<dd>Yards of Khabarovsk</dd>" in client.get(page_of(proposal)).content.decode()
    page = client.get(f"{INDEX}?status=submitted&call={call.pk}").content.decode()
    assert "Yards of Khabarovsk" in page
    assert call.title not in page


def test_list_never_shows_drafts(call: CallPage, moderator: User, staff_of: SignIn) -> None:
    ProposalFactory(status=Status.DRAFT, title="Черновик никому не виден")
    page = staff_of(moderator).get(INDEX).content.decode()
    assert "Черновик" not in page


def test_list_hides_unpublished_from_promoters(
    call: CallPage, promoter: User, staff_of: SignIn
) -> None:
    hidden = waiting(title="Ещё не проверено модератором")
    client = staff_of(promoter)
    assert hidden.title not in client.get(INDEX).content.decode()
    assert client.get(page_of(hidden), follow=True).status_code == 404


@pytest.mark.parametrize("person", ["resident", "editor"])
def test_list_is_closed_to_others(
    person: str, proposal: Proposal, request: pytest.FixtureRequest, client_of: SignIn
) -> None:
    client = client_of(request.getfixturevalue(person))
    for url in (INDEX, INDEX + "results/", page_of(proposal), INDEX + "choose/"):
        response = client.get(url)
        assert response.status_code in {302, 403}, url
        assert proposal.title not in response.content.decode()


def test_list_sends_strangers_to_sign_in(proposal: Proposal, stranger: Client) -> None:
    response = stranger.get(INDEX)
    assert response.status_code == 302
    assert "next=" in response.url


def _queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.usefixtures("indexed")
@pytest.mark.parametrize("query", ["", "?status=supporting&ordering=-supports", "?q=паводок"])
def test_list_costs_the_same_queries_for_any_number_of_rows(
    query: str, call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    client = staff_of(moderator)
    client.get(INDEX)
    counts = []
    for more in (1, 2, 27):
        for _ in range(more):
            ProposalFactory(call=call, municipality=MunicipalityFactory())
        counts.append(_queries_of(client, INDEX + query))
    assert counts[0] == counts[1] == counts[2]
    assert counts[0] <= 22


def test_list_filters_and_sorts(call: CallPage, moderator: User, staff_of: SignIn) -> None:
    other = make_call()
    few, many = ProposalFactory(call=call), ProposalFactory(call=call)
    elsewhere = ProposalFactory(call=other)
    ProposalFigures.objects.filter(pk=many.pk).update(support_count=50)
    few.tags.add("Паводок")
    client = staff_of(moderator)

    def listed(query: str) -> list[int]:
        response = client.get(INDEX + query)
        return [proposal.pk for proposal in response.context["object_list"]]

    assert listed(f"?call={call.pk}&ordering=-supports") == [many.pk, few.pk]
    assert listed(f"?call={call.pk}&ordering=supports") == [few.pk, many.pk]
    assert listed(f"?call={other.pk}") == [elsewhere.pk]
    assert listed("?tag=паводок") == [few.pk]
    assert listed(f"?category={many.category_id}") == [many.pk]
    assert listed("?status=rejected") == []
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert listed(f"?submitted_at_from={tomorrow}") == []
    assert set(listed("?ordering=evil;drop")) == {few.pk, many.pk, elsewhere.pk}


@pytest.mark.usefixtures("indexed")
def test_list_finds_by_words_and_by_number(
    call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    flood = ProposalFactory(title="Датчики уровня воды на Амуре")
    other = ProposalFactory(title="Больше автобусов", summary="Рейсы.", problem="Х", solution="У")
    client = staff_of(moderator)
    for query in ("датчиком", str(flood.pk), f"№ {flood.pk}"):
        found = client.get(INDEX, {"q": query}).context["object_list"]
        assert [proposal.pk for proposal in found] == [flood.pk], query
    assert other.title not in client.get(INDEX, {"q": "датчик"}).content.decode()


def test_search_of_images_leads_on_to_proposals(call: CallPage, staff_of: SignIn) -> None:
    everything = UserFactory(is_superuser=True, is_staff=True)
    page = staff_of(everything).get("/admin/images/?q=мост").text
    assert f"{INDEX}?q=" in page


def test_list_cannot_be_exported_past_the_export(
    proposal: Proposal, moderator: User, staff_of: SignIn
) -> None:
    response = staff_of(moderator).get(INDEX + "?export=csv")
    assert response["Content-Type"].startswith("text/html")


def test_nobody_edits_adds_or_deletes_from_the_admin(moderator: User) -> None:
    for name in ("add", "edit", "delete", "copy", "usage"):
        with pytest.raises(NoReverseMatch):
            reverse(f"proposals_admin:{name}", args=[1])


def test_menu_holds_the_saved_views(moderator: User, promoter: User, staff_of: SignIn) -> None:
    page = staff_of(moderator).get(INDEX).content.decode()
    assert "Waiting to be checked" in page
    assert "status=submitted" in page
    assert "Choose the shortlist" not in page
    page = staff_of(promoter).get(INDEX).content.decode()
    assert "Waiting to be checked" not in page
    assert "Choose the shortlist" in page


# The decision page -------------------------------------------------------------------------------


def test_decision_page_shows_text_and_steps(
    call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    proposal = waiting()
    page = staff_of(moderator).get(page_of(proposal)).content.decode()
    for text in (proposal.title, proposal.problem, proposal.solution, "Accept and publish"):
        assert text in page
    assert 'value="reject"' in page
    assert 'value="promote"' not in page
    assert proposal.author.email not in page


def test_decision_page_hands_files_out_through_their_own_views(
    call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    proposal = waiting()
    document = ProposalDocument.objects.create(
        proposal=proposal, file=ContentFile(b"%PDF-1.7", name="x.pdf"), name="Смета.pdf"
    )
    client = staff_of(moderator)
    page = client.get(page_of(proposal)).text
    address = reverse("proposals:document", args=[document.pk])
    assert f'href="{address}"' in page
    assert document.file.url not in page
    with closing(client.get(address)) as handed_out:
        assert handed_out.status_code == 200


def test_decision_page_offers_nothing_to_exporters(
    proposal: Proposal, call: CallPage, staff_of: SignIn
) -> None:
    from tests.conftest import _grant

    exporter = _grant(UserFactory(), "wagtailadmin.access_admin", "proposals.export_proposal")
    page = staff_of(exporter).get(page_of(proposal)).content.decode()
    assert "nothing for you to decide" in page


def test_decision_page_of_a_draft_does_not_exist(
    call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    draft = ProposalFactory(status=Status.DRAFT)
    client = staff_of(moderator)
    assert client.get(page_of(draft), follow=True).status_code == 404
    assert client.get(page_of(draft) + "history/", follow=True).status_code == 404


@pytest.mark.parametrize("language", ["ru", "en", "ja"])
def test_mail_shown_before_is_the_mail_sent(
    language: str,
    call: CallPage,
    moderator: User,
    staff_of: SignIn,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Commit,
) -> None:
    proposal = waiting(author=UserFactory(language=language, name="Анна <script> & Co"))
    client = staff_of(moderator)
    reason = "Уточните место: какая улица?\n\nСпасибо & до связи."
    shown = client.post(page_of(proposal), decision(proposal, "return", reason, "preview"))
    assert shown.status_code == 200
    assert mailoutbox == []
    subject, body = shown.context["mail"]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page_of(proposal), decision(proposal, "return", reason))
    let_mails_go()
    assert [(mail.subject, mail.body) for mail in mailoutbox] == [(subject, body)]
    assert mailoutbox[0].to == [proposal.author.email]
    assert "Уточните место" in body


def test_preview_decides_nothing(call: CallPage, moderator: User, staff_of: SignIn) -> None:
    proposal = waiting()
    staff_of(moderator).post(page_of(proposal), decision(proposal, "accept", stage="preview"))
    proposal.refresh_from_db()
    assert proposal.status == Status.SUBMITTED


def test_decision_opens_the_next_that_waits(
    call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    first, second, third = waiting(30), waiting(20), waiting(10)
    client = staff_of(moderator)
    response = client.post(page_of(second), decision(second, "accept"))
    assert response.url == page_of(third)
    response = client.post(page_of(third), decision(third, "accept"))
    assert response.url == page_of(first)
    response = client.post(page_of(first), decision(first, "accept"))
    assert response.url.startswith(INDEX + "?status=submitted")
    assert "Nothing is waiting to be checked" in client.get(response.url).content.decode()


def test_next_waiting_is_none_when_nothing_waits(proposal: Proposal, moderator: User) -> None:
    assert next_waiting(proposal, moderator) is None


def test_next_waiting_is_never_ones_own(proposal: Proposal, moderator: User) -> None:
    waiting(9, author=moderator)
    ownerless, others = waiting(8, author=None, author_name="Импорт"), waiting(5)
    assert next_waiting(proposal, moderator) == ownerless
    assert next_waiting(ownerless, moderator) == others


@pytest.mark.parametrize("stage", ["preview", "send"])
def test_decision_on_ones_own_is_left_to_a_colleague(
    stage: str, call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    own = waiting(author=moderator)
    client = staff_of(moderator)
    page = client.get(page_of(own)).content.decode()
    assert "You wrote this proposal yourself, so a colleague decides on it." in page
    assert 'name="verb"' not in page
    assert client.post(page_of(own), decision(own, "accept", stage=stage)).status_code == 302
    own.refresh_from_db()
    assert own.status == Status.SUBMITTED
    assert not ModelLogEntry.objects.filter(action="proposals.accept").exists()


@pytest.mark.parametrize("verb", ["return", "reject"])
def test_reason_is_needed_and_words_stay(
    verb: str, call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    proposal = waiting()
    bare = decision(proposal, verb, "  ") | {"reason_code": ""}
    response = staff_of(moderator).post(page_of(proposal), bare)
    assert response.context["form"].errors["reason"]
    assert response.context["form"].errors["reason_code"]
    proposal.refresh_from_db()
    assert proposal.status == Status.SUBMITTED
    kept = staff_of(moderator).post(
        page_of(proposal), decision(proposal, "accept", "Слова", "back")
    )
    assert "Слова" in kept.content.decode()


def test_decision_after_somebody_elses_shows_theirs(
    call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    proposal = waiting()
    mine = decision(proposal, "accept", "Мои слова остаются")
    colleague = UserFactory(name="Коллега", is_superuser=True)
    move_proposal(user=colleague, proposal=proposal, verb="reject", reason="Повтор другого")
    for stage in ("preview", "send"):
        response = staff_of(moderator).post(page_of(proposal), {**mine, "stage": stage})
        assert response.status_code == 409
        page = response.content.decode()
        for text in ("Somebody else decided", "Коллега", "Повтор другого", "Мои слова остаются"):
            assert text in page
    proposal.refresh_from_db()
    assert proposal.status == Status.REJECTED


@pytest.mark.parametrize("stage", ["preview", "send", "back"])
@pytest.mark.parametrize("person", ["moderator", "superuser"])
def test_decision_form_stays_closed_after_somebody_elses(
    person: str, stage: str, call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    """Also with words missing, and for whoever could take the next step in another role."""
    proposal = waiting()
    mine = decision(proposal, "return", "Мои слова остаются") | {"reason_code": ""}
    colleague = UserFactory(name="Коллега", is_superuser=True)
    move_proposal(user=colleague, proposal=proposal, verb="accept")
    user = moderator if person == "moderator" else UserFactory(is_superuser=True)
    response = staff_of(user).post(page_of(proposal), {**mine, "stage": stage})
    assert response.status_code == 409
    for text in ("Somebody else decided", "Коллега", "Мои слова остаются"):
        assert text in response.text
    assert 'name="verb"' not in response.text


def test_decision_page_of_what_somebody_else_decided_shows_theirs(
    call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    proposal = waiting()
    colleague = UserFactory(name="Коллега", is_superuser=True)
    move_proposal(user=colleague, proposal=proposal, verb="reject", reason="Повтор другого")
    page = staff_of(moderator).get(page_of(proposal)).text
    panel = page[page.index("There is nothing for you to decide") :]
    assert "Коллега" in panel[:600]
    assert "Повтор другого" in panel[:600]
    assert 'name="verb"' not in page


def test_decision_about_words_that_changed_is_refused(
    call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    proposal = waiting()
    mine = decision(proposal, "accept")
    proposal.problem = "Подменённый текст"
    proposal.save(update_fields=["problem", "changed_at"])
    for stage in ("preview", "send"):
        response = staff_of(moderator).post(page_of(proposal), {**mine, "stage": stage})
        assert response.status_code == 409
        assert "Подменённый текст" in response.content.decode()
    proposal.refresh_from_db()
    assert proposal.status == Status.SUBMITTED


@pytest.mark.parametrize("stage", ["preview", "send"])
def test_decision_by_the_wrong_role_is_refused(
    stage: str,
    proposal: Proposal,
    call: CallPage,
    moderator: User,
    promoter: User,
    staff_of: SignIn,
) -> None:
    response = staff_of(moderator).post(
        page_of(proposal), decision(proposal, "shortlist", "", stage)
    )
    assert response.status_code in {302, 403}
    sent = waiting()
    staff_of(promoter).post(page_of(sent), decision(sent, "accept", "", stage))
    for one, status in ((proposal, Status.SUPPORTING), (sent, Status.SUBMITTED)):
        one.refresh_from_db()
        assert one.status == status


@pytest.mark.parametrize("verb", ["promote", "answer_accept", "withdraw", "submit", "nonsense"])
def test_decision_page_refuses_steps_made_elsewhere(
    verb: str, call: CallPage, promoter: User, staff_of: SignIn
) -> None:
    proposal = ProposalFactory(status=Status.SHORTLISTED)
    response = staff_of(promoter).post(page_of(proposal), decision(proposal, verb, "Причина"))
    assert response.context["form"].errors["verb"]
    proposal.refresh_from_db()
    assert proposal.status == Status.SHORTLISTED


@pytest.mark.parametrize("person", ["resident", "editor"])
def test_decision_by_others_is_refused(
    person: str, call: CallPage, request: pytest.FixtureRequest, client_of: SignIn
) -> None:
    proposal = waiting()
    client = client_of(request.getfixturevalue(person))
    assert client.post(page_of(proposal), decision(proposal, "accept")).status_code in {302, 403}
    proposal.refresh_from_db()
    assert proposal.status == Status.SUBMITTED


def test_decision_is_logged_and_its_history_shown(
    call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    proposal = waiting()
    client = staff_of(moderator)
    client.post(page_of(proposal), decision(proposal, "reject", "Не по теме приёма"))
    entry = ModelLogEntry.objects.get(action="proposals.reject")
    assert (entry.object_id, entry.user, entry.data["reason"]) == (
        str(proposal.pk),
        moderator,
        "Не по теме приёма",
    )
    assert "Rejected" in client.get(page_of(proposal) + "history/").content.decode()


def test_report_on_work_done_needs_words(call: CallPage, promoter: User, staff_of: SignIn) -> None:
    proposal = ProposalFactory(status=Status.IN_PROGRESS)
    client = staff_of(promoter)
    client.post(page_of(proposal), decision(proposal, "finish"))
    proposal.refresh_from_db()
    assert proposal.status == Status.IN_PROGRESS
    client.post(page_of(proposal), decision(proposal, "finish", "Датчики стоят."))
    proposal.refresh_from_db()
    assert proposal.status == Status.DONE


# Many at once ------------------------------------------------------------------------------------


def bulk_url(verb: str, *proposals: Proposal) -> str:
    numbers = "&".join(f"id={proposal.pk}" for proposal in proposals)
    return f"/admin/bulk/proposals/proposal/{verb}/?next={INDEX}&{numbers}"


def test_bulk_accept_moves_each_and_tells_each_author(
    call: CallPage,
    moderator: User,
    staff_of: SignIn,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Commit,
) -> None:
    first, second, public = waiting(), waiting(), ProposalFactory()
    url = bulk_url("accept", first, second, public)
    client = staff_of(moderator)
    assert first.title in client.get(url).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url).status_code == 302
    let_mails_go()
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted(
        [first.author.email, second.author.email]
    )
    assert ModelLogEntry.objects.filter(action="proposals.accept").count() == 2
    assert Proposal.objects.filter(status=Status.SUPPORTING).count() == 3


def test_bulk_archive_needs_a_reason(proposal: Proposal, promoter: User, staff_of: SignIn) -> None:
    client = staff_of(promoter)
    client.post(bulk_url("archive", proposal))
    proposal.refresh_from_db()
    assert proposal.status == Status.SUPPORTING
    client.post(bulk_url("archive", proposal), {"reason": "Приём закончен"})
    proposal.refresh_from_db()
    assert proposal.status == Status.ARCHIVED
    assert proposal.status_changes.get().reason == "Приём закончен"


def test_bulk_step_over_the_whole_list_keeps_to_its_filters(
    call: CallPage, promoter: User, staff_of: SignIn
) -> None:
    here, elsewhere = ProposalFactory(call=call), ProposalFactory(call=make_call())
    url = f"/admin/bulk/proposals/proposal/shortlist/?next={INDEX}&id=all&call={call.pk}"
    staff_of(promoter).post(url)
    here.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (here.status, elsewhere.status) == (Status.SHORTLISTED, Status.SUPPORTING)


def test_bulk_shortlist_of_all_that_a_nonsense_filter_leaves_moves_nothing(
    call: CallPage, promoter: User, staff_of: SignIn
) -> None:
    proposal = ProposalFactory(call=call)
    url = f"/admin/bulk/proposals/proposal/shortlist/?next={INDEX}&id=all&status=nonsense"
    staff_of(promoter).post(url)
    proposal.refresh_from_db()
    assert proposal.status == Status.SUPPORTING


@pytest.mark.parametrize("person", ["resident", "editor", "promoter"])
def test_bulk_accept_by_others_moves_nothing(
    person: str, call: CallPage, request: pytest.FixtureRequest, client_of: SignIn
) -> None:
    proposal = waiting()
    client_of(request.getfixturevalue(person)).post(bulk_url("accept", proposal))
    proposal.refresh_from_db()
    assert proposal.status == Status.SUBMITTED


def test_bulk_accept_leaves_ones_own_to_a_colleague(
    call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    own, other = waiting(author=moderator), waiting()
    client = staff_of(moderator)
    url = bulk_url("accept", own, other)
    assert "you wrote the proposal yourself" in client.get(url).content.decode()
    client.post(url)
    statuses = dict(Proposal.objects.values_list("pk", "status"))
    assert (statuses[own.pk], statuses[other.pk]) == (Status.SUBMITTED, Status.SUPPORTING)


def test_bulk_page_never_shows_a_draft(call: CallPage, moderator: User, staff_of: SignIn) -> None:
    draft = ProposalFactory(status=Status.DRAFT, title="Черновик никому не виден")
    response = staff_of(moderator).get(bulk_url("accept", draft), follow=True)
    assert response.status_code == 404


# The shortlist by rule ---------------------------------------------------------------------------


def supported(count: int, **fields: object) -> Proposal:
    proposal = ProposalFactory(**fields)
    ProposalFigures.objects.filter(pk=proposal.pk).update(support_count=count)
    return proposal


def test_choice_by_rule_is_shown_then_made(
    call: CallPage,
    promoter: User,
    staff_of: SignIn,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Commit,
) -> None:
    most, second, last = supported(300), supported(200), supported(150)
    supported(5, title="Слишком мало голосов у этого")
    url = f"{INDEX}choose/?call={call.pk}&count=2&minimum=&per_category="
    client = staff_of(promoter)
    shown = client.get(url)
    assert [place.candidate.pk for place in shown.context["chosen"]] == [most.pk, second.pk]
    page = shown.content.decode()
    assert "No place left" in page
    assert "Fewer supports than needed" in page
    expected = re.search(r'name="chosen" value="([^"]*)"', page)[1]
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url, {"chosen": expected}).status_code == 302
    statuses = dict(Proposal.objects.values_list("pk", "status"))
    assert (statuses[most.pk], statuses[second.pk]) == (Status.SHORTLISTED, Status.SHORTLISTED)
    assert statuses[last.pk] == Status.SUPPORTING
    assert len(mailoutbox) == 2
    entry = PageLogEntry.objects.get(action="proposals.choose")
    assert (entry.page_id, entry.user, entry.data["chosen"]) == (
        call.pk,
        promoter,
        [most.pk, second.pk],
    )


def test_choice_at_most_so_many_from_one_category(
    call: CallPage, promoter: User, staff_of: SignIn
) -> None:
    water, roads = CategoryFactory(), CategoryFactory()
    first = supported(300, category=water)
    supported(250, category=water)
    third = supported(200, category=roads)
    url = f"{INDEX}choose/?call={call.pk}&count=2&minimum=0&per_category=1"
    chosen = staff_of(promoter).get(url).context["chosen"]
    assert [place.candidate.pk for place in chosen] == [first.pk, third.pk]


def test_choice_that_changed_meanwhile_moves_nothing(
    call: CallPage, promoter: User, staff_of: SignIn
) -> None:
    ahead, behind = supported(300), supported(200)
    url = f"{INDEX}choose/?call={call.pk}&count=1"
    ProposalFigures.objects.filter(pk=behind.pk).update(support_count=400)
    response = staff_of(promoter).post(url, {"chosen": str(ahead.pk)})
    assert response.status_code == 409
    assert "Nothing was moved" in response.content.decode()
    assert not Proposal.objects.filter(status=Status.SHORTLISTED).exists()


def test_choice_that_ones_own_would_win_is_left_to_a_colleague(
    call: CallPage, promoter: User, staff_of: SignIn
) -> None:
    other, own = supported(300), supported(200, author=promoter)
    client = staff_of(promoter)
    url = f"{INDEX}choose/?call={call.pk}&minimum=0"
    page = client.get(url).content.decode()
    assert "A proposal that you wrote yourself would be chosen" in page
    assert 'name="chosen"' not in page
    assert client.post(url, {"chosen": f"{other.pk} {own.pk}"}).status_code == 302
    assert not Proposal.objects.filter(status=Status.SHORTLISTED).exists()
    # Below the line it wins nothing, so there is a choice to be made.
    assert 'name="chosen"' in client.get(f"{url}&count=1").content.decode()


def test_choice_counts_imported_supports_only_when_asked(
    call: CallPage, promoter: User, staff_of: SignIn
) -> None:
    cast, imported = supported(10), supported(0)
    ProposalFigures.objects.filter(pk=imported.pk).update(imported_support_count=9000)
    client = staff_of(promoter)
    url = f"{INDEX}choose/?call={call.pk}&count=1&minimum=0"
    assert client.get(url).context["chosen"][0].candidate.pk == cast.pk
    url += "&with_imported=on"
    assert client.get(url).context["chosen"][0].candidate.pk == imported.pk


@pytest.mark.parametrize("person", ["resident", "editor", "moderator"])
def test_choice_by_others_is_refused(
    person: str, call: CallPage, request: pytest.FixtureRequest, client_of: SignIn
) -> None:
    proposal = supported(300)
    client = client_of(request.getfixturevalue(person))
    url = f"{INDEX}choose/?call={call.pk}&count=1"
    assert client.get(url).status_code in {302, 403}
    assert client.post(url, {"chosen": str(proposal.pk)}).status_code in {302, 403}
    proposal.refresh_from_db()
    assert proposal.status == Status.SUPPORTING


# The front page ----------------------------------------------------------------------------------


def test_front_page_says_what_waits(
    call: CallPage, moderator: User, promoter: User, staff_of: SignIn
) -> None:
    client = staff_of(moderator)
    assert "Nothing is waiting to be checked" in client.get("/admin/").content.decode()
    waiting(60 * 5)
    page = client.get("/admin/").content.decode()
    assert "1 proposal waits" in page
    assert "5\xa0hours" in page
    assert "proposals-waiting" not in staff_of(promoter).get("/admin/").content.decode()
