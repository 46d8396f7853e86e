"""The people and things that every route is tried with: one of each role, one of each kind.

Made once for a module; whoever asks something of it rolls back what the answer changed.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.utils import timezone
from wagtail.models import Site, Task, Workflow

from accounts.models import AssuranceLevel
from government.actions import add_note, ask_question, hide_step
from government.actions.commitments import Evidence, move_commitment
from government.roles import (
    COMMITTEE_MEMBERS,
    EDITORS,
    MODERATORS,
    PROMOTERS,
    REGISTRARS,
    SCRUTINEERS,
    SECRETARIES,
    ensure_roles,
)
from home.models import HomePage
from proposals.keys import hash_of, new_key
from proposals.models import (
    Amendment,
    CoAuthor,
    Invitation,
    Proposal,
    ProposalDocument,
    ProposalImage,
)
from proposals.ownerless import start_ownerless_draft
from tests.factories.accounts import MunicipalityFactory, UserFactory
from tests.factories.assessment import (
    MembershipFactory,
    make_committee,
    make_item,
    make_meeting,
    make_open_round,
    make_protocol,
    make_round,
    sheets,
)
from tests.factories.events import make_event
from tests.factories.government import (
    DepartmentFactory,
    boss,
    make_answer,
    make_case,
    make_commitment,
    make_observation,
    make_packet_row,
    make_referral,
)
from tests.factories.home import make_document, make_image, make_news, make_standard, make_tag
from tests.factories.merging import propose
from tests.factories.moderation import make_appealed
from tests.factories.proposals import ProposalFactory, make_call
from tests.factories.voting import (
    BallotFactory,
    cast_in_bulk,
    leave_traces,
    make_appeal_of,
    make_batch,
    make_events,
    make_intervention,
    make_seal,
    make_shift,
)
from voting.merge_links import link_token

if TYPE_CHECKING:
    from accounts.models import User
    from tests.access import Route

GROUP_OF = {
    "moderator": MODERATORS,
    "promoter": PROMOTERS,
    "editor": EDITORS,
    "registrar": REGISTRARS,
    "scrutineer": SCRUTINEERS,
    "secretary": SECRETARIES,
    "reviewer": COMMITTEE_MEMBERS,
}
# Patterns that catch anything: no address can be made out of them.
ADDRESSES = {"admin/^.*/$": "/admin/nowhere/"}
# Words that stand in something private, and who may read them.
DRAFT_WORDS, SENT_WORDS = "Тихийчерновик", "Присланноенапроверку"
KEYED_WORDS = "Черновикбезучётки"
NOTE_WORDS = "Заметкасредисвоих"


class World:
    """One of each kind, and what to put into an address."""

    def __init__(self) -> None:
        self.home = HomePage.objects.get(locale__language_code="ru")
        make_standard(title="Согласие", slug="consent", intro="Я согласен.")
        self.news = make_news()
        self.event = make_event()
        self.image, self.document = make_image(), make_document()
        self.tag = make_tag("done", ru="сделано")
        self.people: dict[str, User | None] = {"anonymous": None, **_cast()}
        self.call = make_call(slug="open-call")
        self._proposals()
        self._objects()
        self._assessment()
        self._together()

    def _proposals(self) -> None:
        resident = self.people["resident"]
        common = {"call": self.call, "author": resident}
        self.public = ProposalFactory(**common, municipality=MunicipalityFactory())
        self.draft = self._hidden(Proposal.Status.DRAFT, DRAFT_WORDS)
        self.key = new_key()
        words = {"title": KEYED_WORDS, "problem": KEYED_WORDS}
        self.keyed = start_ownerless_draft(call=self.call, key=self.key, **words)
        self.submitted = self._hidden(Proposal.Status.SUBMITTED, SENT_WORDS)
        self.rejected = self._hidden(Proposal.Status.REJECTED, SENT_WORDS)
        self.appealed = make_appealed(self.people["superuser"], **common).proposal
        self.shortlisted = ProposalFactory(**common, status=Proposal.Status.SHORTLISTED)
        self._case()
        self.department = DepartmentFactory(body=self.waiting.body)
        self.answered = make_referral()
        make_answer(self.answered)
        self.commitment = make_commitment(state="in_progress")
        paper = ContentFile(b"%PDF-1.4", name="act.pdf")
        self.paper_step = move_commitment(
            user=boss(),
            commitment=make_commitment(what="Смета", state="in_progress"),
            verb="deliver",
            evidence=Evidence("Вот.", document=paper, document_name="act.pdf"),
        )
        self.seen = make_observation(
            self.commitment, accepted=False, user=resident, photo=self._photo(), photo_alt="Мост"
        )
        self.ballot, self.empty_round = BallotFactory(), BallotFactory(costs=[1])
        self.counted_round = BallotFactory(hidden=False)
        cast_in_bulk(self.counted_round, [[1]] * 10)
        self.receipt, *others = make_events(self.public.round, 11)
        leave_traces(others, "mail.example")
        make_seal()
        self.paper_batch = make_batch(self.people["registrar"])
        make_shift(self.people["registrar"], self.paper_batch.round, 10)
        self.intervention = make_intervention(self.people["superuser"], self.shortlisted.round)
        self.appeal = make_appeal_of(self.intervention)
        self.packet = make_packet_row()

    def _case(self) -> None:
        """With a note among staff, a hidden step, and a key that nobody may read anywhere."""
        link = make_case()
        self.waiting, self.official = link.referral, link.official
        self.step = ask_question(link=link, words="Где именно?")
        add_note(user=boss(), referral=self.waiting, words=NOTE_WORDS)
        hidden = ask_question(link=link, words=NOTE_WORDS)
        hide_step(user=boss(), step=hidden)
        self.case_key = link.take_key()

    def _photo(self) -> ContentFile:
        with self.image.file.open() as file:
            return ContentFile(file.read(), name="bridge.jpg")

    def _together(self) -> None:
        """A co-author, invitations, an amendment that waits, and two merges."""
        now = timezone.now()
        self.coauthor = CoAuthor.objects.create(
            proposal=self.public, person=UserFactory(), name="Соавтор", joined_at=now
        )
        self.key_of = {name: new_key() for name in ("invitation", "consent")}
        self.invitation = Invitation.objects.create(
            proposal=self.public,
            email="guest@mail.example",
            key_hash=hash_of(self.key_of["invitation"]),
            invited_by=self.people["resident"],
            sent_at=now,
        )
        amended = ProposalFactory(call=self.call)
        words = {"note": "Уточнение", "addition": "И ещё один датчик.", "sent_at": now}
        self.amendment = Amendment.objects.create(proposal=amended, **words)
        own = ProposalFactory(call=self.call, author=self.people["resident"])
        self.merge = propose(call=self.call, target=own)
        part = self.merge.parts.filter(is_target=True)
        part.update(key_hash=hash_of(self.key_of["consent"]))
        nobodys = [ProposalFactory(call=self.call, author=None, author_name="—") for _ in range(2)]
        self.open_merge = propose(target=nobodys[0], sources=nobodys[1:])

    def _assessment(self) -> None:
        """A committee that the reviewer sits in, its meeting, rounds in each state."""
        self.committee = make_committee()
        user = self.people["reviewer"]
        self.membership = MembershipFactory(committee=self.committee, user=user)
        self.item = make_item(make_meeting(self.committee, present=4))
        url = "https://example.org/rules"
        self.paper = self.committee.documents.create(title={"ru": "Положение"}, url=url)
        of_it = {"committee": self.committee, "call": self.call, "proposals": 1}
        self.new_round = make_round(**of_it)
        self.read_round = make_open_round(**of_it, declared=False)
        (self.sheet,) = [one for one in sheets(self.read_round) if one.membership.user == user]
        self.over_round = make_protocol(**of_it).round

    def _hidden(self, status: str, words: str) -> Proposal:
        return ProposalFactory(
            call=self.call,
            author=self.people["resident"],
            status=status,
            published_at=None,
            **dict.fromkeys(("title", "summary", "problem", "solution"), words),
        )

    def _objects(self) -> None:
        self.files = {}
        for name in ("public", "draft", "submitted"):
            proposal = getattr(self, name)
            picture = ImageFile(self.image.file.open(), name="embankment.jpg")
            paper = ContentFile(b"%PDF-1.4", name="plan.pdf")
            self.files[name] = (
                ProposalImage.objects.create(proposal=proposal, file=picture, alt="Река"),
                ProposalDocument.objects.create(
                    proposal=proposal, file=paper, name="plan.pdf", size_bytes=8
                ),
            )
            self.image.file.close()

    def samples(self, name: str) -> dict[str, object]:
        """What a sample of the table puts into an address."""
        if name in self.files:
            image, document = self.files[name]
            at = {"coauthor_pk": self.coauthor.pk, "invitation_pk": self.invitation.pk}
            at |= {"image_pk": image.pk, "document_pk": document.pk, "pk": getattr(self, name).pk}
            return {**at, "proposals:image pk": image.pk, "proposals:document pk": document.pk}
        if name in ("rejected", "shortlisted", "appealed"):
            return {"pk": getattr(self, name).pk}
        return {
            "missing": {"pk": 987_654_321, "key": "wrong", "token": "wrong"},
            "packet": {"pk": self.packet.pk},
            "invitation": {"key": self.key_of["invitation"]},
            "consent": {"key": self.key_of["consent"]},
            "merge_link": {"token": link_token(self.open_merge, self.people["resident"])},
            "merge": {"pk": self.merge.pk},
            "amendment": {"pk": self.amendment.pk},
            "keyed": {"pk": self.keyed.pk, "key": self.key},
            "waiting": {"pk": self.waiting.proposal_id},
            "answered": {"pk": self.answered.proposal_id},
            "waiting_referral": {"pk": self.waiting.pk},
            "step": {"pk": self.step.pk},
            "answered_referral": {"pk": self.answered.pk},
            "event": {"pk": self.event.pk},
            "commitment": {"pk": self.commitment.pk},
            "commitment_answer": {"pk": self.commitment.answer_id},
            "commitment_step": {"pk": self.paper_step.pk, "kind": "document"},
            "observation": {"pk": self.seen.pk},
            "committee": {"pk": self.committee.pk, "slug": self.committee.slug},
            "member": {"pk": self.membership.pk},
            "paper": {"pk": self.paper.pk},
            "meeting": {"pk": self.item.meeting_id, "slug": self.committee.slug},
            "no_meeting": {"pk": 987_654_321, "slug": self.committee.slug},
            "item": {"pk": self.item.pk},
            "new_round": {"pk": self.new_round.pk, "step": "share"},
            "read_round": {"pk": self.read_round.pk, "step": "share"},
            "over_round": {"pk": self.over_round.pk, "step": "share"},
            "sheet": {"pk": self.sheet.pk},
            "ballot": {"pk": self.ballot.pk},
            "empty_round": {"pk": self.empty_round.pk},
            "support_round": {"pk": self.public.round.pk},
            "counted_round": {"pk": self.counted_round.pk},
            "receipt": {"uuid": self.receipt.uuid},
            "dump_part": {"pk": self.ballot.pk, "name": "round.json"},
            "no_dump_part": {"pk": self.ballot.pk, "name": "nothing.txt"},
            "no_receipt": {"uuid": "00000000-0000-4000-8000-000000000000"},
            "paper_batch": {"pk": self.paper_batch.pk},
            "intervention": {"pk": self.intervention.pk},
            "appeal": {"pk": self.appeal.pk},
            "finding": {"pk": self.public.round.pk, "kind": "domain", "?": "key=mail.example"},
            "shift": {
                "pk": self.paper_batch.round_id,
                "by": self.people["registrar"].pk,
                "day": timezone.localdate().isoformat(),
            },
            "paper_round": {"pk": self.paper_batch.round_id},
            "unknown_step": {"pk": self.draft.pk, "step": "nowhere"},
            "accept": {
                "app_label": "proposals",
                "model_name": "proposal",
                "action": "accept",
                "?": f"id={self.submitted.pk}",
            },
        }[name]

    def address(self, route: Route, name: str = "") -> str:
        """Where a route is, with the sample of that name put in."""
        if route.pattern in ADDRESSES:
            return ADDRESSES[route.pattern]
        sample = self.samples(name) if name else {}

        def argument(route: Route, parameter: str) -> object:
            for key in (f"{route.name} {parameter}", parameter):
                if key in sample:
                    return sample[key]
            return self.argument(route, parameter)

        query = f"?{sample['?']}" if "?" in sample else ""
        return route.address(argument) + query

    def argument(self, route: Route, name: str) -> object:
        """Something real for a parameter of somebody else's route, so that no refusal is luck."""
        space = route.name.rpartition(":")[0]
        kind = space.removeprefix("wagtailsnippets_").removeprefix("wagtailsnippetchoosers_")
        known = self.arguments
        if name == "model_name" and "settings" in space:
            return "sitesettings"
        if name == "pk" and kind in self.kinds:
            return self.kinds[kind]
        for key in (f"{route.name} {name}", name):
            if key in known:
                return known[key]
        raise LookupError(f"tests/world.py has no sample for {name!r} of {route.pattern}")

    @cached_property
    def kinds(self) -> dict[str, int]:
        """The row that stands for each kind of thing in the admin."""
        return {
            "government_body": self.waiting.body_id,
            "assessment_committee": self.committee.pk,
            "government_department": self.department.pk,
            "government_official": self.official.pk,
            "proposals_category": self.public.category_id,
            "accounts_municipality": self.public.municipality_id,
            "home_newstag": self.tag.pk,
            "wagtailusers_users": self.people["neighbour"].pk,
            "wagtailusers_groups": self.people["editor"].groups.get().pk,
            "wagtailsites": Site.objects.get().pk,
            "wagtaillocales": self.home.locale_id,
            "wagtailadmin_collections": 1,
            "wagtailadmin_workflows": Workflow.objects.first().pk,
            "wagtaildocs_chooser": self.document.pk,
            "wagtailimages_chooser": self.image.pk,
            "wagtailadmin_api:documents": self.document.pk,
            "wagtailadmin_api:images": self.image.pk,
            "wagtail_localize": self.waiting.body_id,
        }

    @cached_property
    def arguments(self) -> dict[str, object]:
        """A value for each name of a parameter."""
        page = self.news.pk
        pages = ("page_id", "page_pk", "pk", "page_to_move_id", "object_id")
        parents = ("parent_page_id", "destination_id")
        ones = ("session_id", "task_state_id", "workflow_state_id", "translation_id", "redirect_id")
        more = ("uploaded_file_id", "string_segment_id", "overridable_segment_id", "restriction_id")
        rest = ("page_view_restriction_id", "translation_source_id", "collection_id")
        return {
            **dict.fromkeys(pages, page),
            **dict.fromkeys(parents, self.home.pk),
            **dict.fromkeys((*ones, *more, *rest), 1),
            "revision_id": self.event.latest_revision_id,
            "revision_id_a": "earliest",
            "revision_id_b": "live",
            "task_id": Task.objects.first().pk,
            "workflow_pk": Workflow.objects.first().pk,
            **dict.fromkeys(("image_id",), self.image.pk),
            **dict.fromkeys(("document_id", "doc_id"), self.document.pk),
            "filter_spec": "width-100",
            "action_name": "publish",
            "action": "delete",
            **dict.fromkeys(("app_label", "app_name", "content_type_app_name"), "home"),
            **dict.fromkeys(("model_name", "content_type_model_name"), "newspage"),
            "wagtaildocs_serve _0": self.document.pk,
            "wagtaildocs_serve _1": self.document.filename,
            "wagtail_serve _0": "news/",
            "account_confirm_email key": "MQ:1abcde:wrong",
            "account_reset_password_from_key uidb36": "1",
            "account_reset_password_from_key key": "wrong-key",
            "uidb64": "MQ",
            "token": "wrong",
            "export_proposals name": "csv",
            "proposals:download name": "csv",
            "government:commitments_data name": "json",
            "referrals_admin:dossier_file name": "docx",
            "referrals_admin:file name": "csv",
            "government:case_dossier name": "docx",
            "figures_admin:file key": "funnel",
            "figures_admin:file name": "csv",
            "area slug": self.public.municipality.slug,
            "voting:dump_part name": "round.json",
            "section": "proposals",
            "proposals:open key": "wrong",
            "coauthor_pk": self.coauthor.pk,
            "invitation_pk": self.invitation.pk,
            "proposals:invitation key": self.key_of["invitation"],
            "proposals:merge_consent key": self.key_of["consent"],
            "voting:merge_choice token": link_token(self.open_merge, self.people["resident"]),
            "merges_admin:merge pk": self.merge.pk,
            "amendments_admin:amendment pk": self.amendment.pk,
            "government:open_case key": "wrong",
            "government:case_step verb": "question",
            "referrals_admin:handle verb": "note",
            "referrals_admin:links verb": "send",
            "kind": "domain",
            "uuid": "00000000-0000-4000-8000-000000000000",
            "step": "text",
            "assessed": self.sheet.assessed_id,
            "mode": "default",
        }


def _cast() -> dict[str, User]:
    people = {
        role: UserFactory(email=f"{role}@example.org", name=f"Человек {place}")
        for place, role in enumerate(("resident", "neighbour", *GROUP_OF))
    }
    people["unverified"] = UserFactory(email="unverified@example.org", level=AssuranceLevel.NONE)
    people["superuser"] = UserFactory(email="superuser@example.org", is_superuser=True)
    groups = ensure_roles()
    for role, group in GROUP_OF.items():
        people[role].groups.add(groups[group])
    for role, user in people.items():
        EmailAddress.objects.create(
            user=user, email=user.email, primary=True, verified=role != "unverified"
        )
    return people
