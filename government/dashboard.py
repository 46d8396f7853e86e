"""The figures staff work by, as charts whose every number is the length of a list behind it.

All of them are about the same proposals: those the reader may see, of the chosen call, sent in
within the chosen days. So a link carries that choice along and adds one filter. Reads only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncWeek
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Municipality
from government.models import Body, Referral
from government.waits import Waits, spans, waits_of
from home.charts import Bar, BarList, Funnel, ShapeMap, StepLine, figure
from home.territory import territory
from proposals import states
from proposals.models import StatusChange
from proposals.viewsets.listing import STAGES
from voting.models import VoteEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from home.charts import Chart
    from proposals.models.sets import ProposalQuerySet

DECISIONS = ("accept", "return", "reject")
WEEK = timedelta(days=7)
WEEKS_MAX = 104


@dataclass(frozen=True)
class Dashboard:
    """The figures about some proposals; `query` is what the address narrowed them to."""

    proposals: ProposalQuerySet
    query: dict[str, str]

    def charts(self) -> list[Chart]:
        """Every figure in the order of the page. Fourteen queries, however many proposals."""
        return [make() for make in self.makers.values()]

    def chart(self, key: str) -> Chart:
        """One figure; raises `KeyError` for one that is not there."""
        return self.makers[key]()

    @cached_property
    def makers(self) -> dict[str, Callable[[], Chart]]:
        return {
            "funnel": self.funnel,
            "waits": self.waits,
            "moderators": self.moderators,
            "waiting": self.waiting,
            "bodies": self.bodies,
            "municipalities": self.municipalities,
            "sent": self.sent,
            "published": self.published,
            "supports": self.supports,
        }

    def url(self, **more: Any) -> str:
        """The list of these proposals with one filter more."""
        return f"{reverse('proposals_admin:index')}?{urlencode({**self.query, **more})}"

    def referrals_url(self, **more: Any) -> str:
        """The list of their referrals."""
        return f"{reverse('referrals_admin:index')}?{urlencode({**self.query, **more})}"

    @property
    def steps(self) -> Any:
        steps = StatusChange.objects.standing()
        return steps.filter(proposal__in=self.proposals).order_by()

    # From submission to done ---------------------------------------------------------------

    def funnel(self) -> Funnel:
        """How many came how far. One query."""
        counts = self.steps.aggregate(
            **{
                stage: Count("proposal", distinct=True, filter=Q(verb__in=verbs))
                for stage, verbs in states.STAGES.items()
            }
        )
        bars = [
            Bar(str(label), counts[stage], _of_all(counts[stage], counts["sent"]),
                self.url(reached=stage))
            for stage, label in STAGES
        ]  # fmt: skip
        return Funnel(
            key="funnel",
            title=_("From sending in to done"),
            description=_said(bars),
            heads=(_("Stage"), _("Proposals that reached it")),
            bars=bars,
        )

    def waits(self) -> BarList:
        """Half of all and nine of ten, of what people wait for. Two queries."""
        own = self.steps.filter(verb__in=("submit", *DECISIONS)).order_by(
            "proposal", "made_at", "pk"
        )
        steps = own.values_list("proposal", "verb", "made_at").iterator()
        checks = waits_of(spans(steps, "submit", frozenset(DECISIONS)))
        answered = Referral.objects.filter(proposal__in=self.proposals, answer__isnull=False)
        pairs = answered.values_list("made_at", "answer__entered_at")
        answers = waits_of(entered - made for made, entered in pairs)
        bars = [
            *_wait_bars(_("moderators' check"), checks, self.url(reached="published")),
            *_wait_bars(_("answer of the body"), answers, self.referrals_url(state="answered")),
        ]
        return BarList(
            key="waits",
            title=_("Waiting times"),
            description=_said(bars),
            heads=(_("What people wait for"), _("Days")),
            bars=bars,
        )

    # Who has how much to do ----------------------------------------------------------------

    def moderators(self) -> BarList:
        """Proposals each has checked. Two queries."""
        rows = self.steps.filter(verb__in=DECISIONS, by__isnull=False).values_list("by")
        counts = dict(rows.annotate(count=Count("proposal", distinct=True)))
        return self._people(
            "moderators", _("Checked by moderator"), counts, lambda pk: {"decided_by": pk}
        )

    def waiting(self) -> BarList:
        """Proposals that wait for each. Two queries."""
        waiting = self.proposals.filter(status="submitted", assignee__isnull=False)
        counts = dict(waiting.order_by().values_list("assignee").annotate(count=Count("pk")))
        return self._people(
            "waiting", _("Waiting by moderator"), counts, lambda pk: {"assignee": pk}
        )

    def _people(
        self, key: str, title: str, counts: dict[int, int], link: Callable[[int], dict[str, Any]]
    ) -> BarList:
        names = {row.pk: str(row) for row in get_user_model().objects.filter(pk__in=counts)}
        bars = [
            Bar(names[pk], count, url=self.url(**link(pk)))
            for pk, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        ]
        heads = (_("Moderator"), _("Proposals"))
        return BarList(key=key, title=title, description=_said(bars), heads=heads, bars=bars)

    def bodies(self) -> BarList:
        """Referrals that wait for each body, and how many of them are overdue. Two queries."""
        open_ones = Referral.objects.filter(proposal__in=self.proposals).unanswered().order_by()
        late = Count("pk", filter=Q(due_on__lt=timezone.localdate()))
        rows = open_ones.values_list("body", "body__translation_key").annotate(
            count=Count("pk"), late=late
        )
        names = Body.objects.localized_names()
        bars = [
            Bar(
                names.get(key, ""),
                count,
                _with_late(count, overdue),
                self.referrals_url(body=pk, state="waiting"),
            )
            for pk, key, count, overdue in sorted(rows, key=lambda row: (-row[2], row[0]))
        ]
        return BarList(
            key="bodies",
            title=_("Waiting for an answer, by body"),
            description=_said(bars),
            heads=(_("Body"), _("Referrals")),
            bars=bars,
        )

    # Where ---------------------------------------------------------------------------------

    def municipalities(self) -> ShapeMap:
        """Supports of the proposals for each municipality. Four queries."""
        rows = self.proposals.order_by().values_list("municipality")
        sums = dict(rows.annotate(total=Sum("figures__support_count")))
        places = Municipality.objects.in_language()
        figures = {
            row.pk: Bar(row.name, sums.get(row.pk) or 0, url=self.url(municipality=row.pk))
            for row in places
        }
        land = territory()
        return ShapeMap(
            key="municipalities",
            title=_("Supports by municipality of the proposal"),
            description=_("Darker is more. The table has every figure."),
            heads=(_("Municipality"), _("Supports")),
            shapes=land.shapes(figures, {row.pk: row.short_name for row in places}),
            size=land.size,
            note=land.attribution,
        )

    # When ----------------------------------------------------------------------------------

    def sent(self) -> StepLine:
        """Proposals sent in, by week. One query."""
        return self._by_week("sent", _("Sent in by week"), "submitted_at")

    def published(self) -> StepLine:
        """Proposals published, by week. One query."""
        return self._by_week("published", _("Published by week"), "published_at")

    def _by_week(self, key: str, title: str, column: str) -> StepLine:
        rows = self.proposals.filter(**{f"{column}__isnull": False}).order_by()
        weeks = rows.annotate(week=TruncWeek(column)).values_list("week")
        counts = {_day(week): count for week, count in weeks.annotate(count=Count("pk"))}

        def url(monday: date) -> str:
            return self.url(**{f"{column}_from": monday, f"{column}_to": monday + WEEK - DAY})

        # Of proposals sent in, both ends of the week and of the choice would be one filter.
        linked = column != "submitted_at" or not {"submitted_at_from", "submitted_at_to"} & set(
            self.query
        )
        return _line(key, title, _("Proposals"), counts, url if linked else None)

    def supports(self) -> StepLine:
        """Supports given less those taken back, by week. One query."""
        rows = VoteEvent.objects.filter(round__proposal__in=self.proposals).order_by()
        weeks = rows.annotate(week=TruncWeek("day")).values_list("week")
        counts = {_day(week): total for week, total in weeks.annotate(total=Sum("kind"))}
        url = self.url(ordering="-supports")
        return _line("supports", _("Supports by week"), _("Supports"), counts, lambda _week: url)


DAY = timedelta(days=1)


def _day(moment: date | datetime) -> date:
    return timezone.localtime(moment).date() if hasattr(moment, "hour") else moment  # type: ignore[arg-type]


def _line(
    key: str,
    title: str,
    head: str,
    counts: dict[date, int],
    url: Callable[[date], str] | None,
) -> StepLine:
    """A line over the last weeks, those without anything too."""
    weeks = list(_weeks(counts))
    points = [(monday, max(0, counts.get(monday, 0))) for monday in weeks]
    total = sum(value for _monday, value in points)
    return StepLine(
        key=key,
        title=title,
        description=_("%(count)s in all.") % {"count": figure(total)},
        heads=(_("Week from"), head),
        points=points,
        urls=[url(monday) for monday in weeks] if url else (),
    )


def _weeks(counts: Iterable[date]) -> Iterable[date]:
    """Every Monday from the first to the last that has anything; the newest two years of them."""
    mondays = sorted(counts)
    if not mondays:
        return []
    length = min((mondays[-1] - mondays[0]).days // 7, WEEKS_MAX - 1)
    return [mondays[-1] - WEEK * back for back in range(length, -1, -1)]


def _of_all(count: int, whole: int) -> str:
    if not whole:
        return figure(count)
    return _("%(count)s (%(share)s%%)") % {
        "count": figure(count),
        "share": number_format(round(100 * count / whole)),
    }


def _with_late(count: int, late: int) -> str:
    if not late:
        return figure(count)
    words = ngettext("%(late)s overdue", "%(late)s overdue", late) % {"late": figure(late)}
    return f"{figure(count)}, {words}"


def _wait_bars(what: str, waits: Waits, url: str) -> list[Bar]:
    if not waits.cases:
        return []
    half = _("half of all, %(what)s") % {"what": what}
    most = _("nine of ten, %(what)s") % {"what": what}
    return [
        Bar(half, waits.median, _days(waits.median), url),
        Bar(most, waits.most, _days(waits.most), url),
    ]


def _days(days: float) -> str:
    return _("%(days)s d") % {"days": number_format(days, 1)}


def _said(bars: Iterable[Bar]) -> str:
    return "; ".join(f"{bar.label}: {bar.words}" for bar in bars)
