"""The figures staff work by, as charts with a list behind every number.

All of them are about the same proposals: those the reader may see, of the chosen call, sent in
within the chosen days. So a link carries that choice along and adds one filter; a figure that is no
count of rows, as a median or a sum, says how many rows its list has. Reads only.
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
    from uuid import UUID

    from government.models import ReferralQuerySet
    from home.charts import Chart
    from proposals.models.sets import ProposalQuerySet

WEEK = timedelta(days=7)
WEEKS_MAX = 104


@dataclass(frozen=True)
class Dashboard:
    """The figures about some proposals; `query` is what the address narrowed them to."""

    proposals: ProposalQuerySet
    query: dict[str, str]

    def charts(self) -> list[Chart]:
        """Every figure in the order of the page. Fifteen queries, however many proposals."""
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
            "overdue": self.overdue,
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
        own = self.steps.filter(verb__in=("submit", *states.DECISIONS)).order_by(
            "proposal", "made_at", "pk"
        )
        steps = list(own.values_list("proposal", "verb", "made_at"))
        checks = waits_of(spans(steps, "submit", frozenset(states.DECISIONS)))
        checked = len({number for number, verb, _when in steps if verb in states.DECISIONS})
        answered = Referral.objects.filter(proposal__in=self.proposals, answer__isnull=False)
        pairs = list(answered.values_list("made_at", "answer__entered_at"))
        answers = waits_of(entered - made for made, entered in pairs)
        url = self.referrals_url(state="answered")
        bars = [
            *_wait_bars(_("moderators' check"), checks, self.url(reached="checked"), checked),
            *_wait_bars(_("answer of the body"), answers, url, len(pairs)),
        ]
        return BarList(
            key="waits",
            title=_("Waiting times"),
            description=_said(bars),
            heads=(_("What people wait for"), _("Days"), _("Proposals")),
            bars=bars,
        )

    # Who has how much to do ----------------------------------------------------------------

    def moderators(self) -> BarList:
        """Proposals each has checked. Two queries."""
        rows = self.steps.filter(verb__in=states.DECISIONS, by__isnull=False).values_list("by")
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
        """Referrals that wait for each body. A query, and one for the names of bodies."""
        waiting = Referral.objects.unanswered()
        return self._by_body("bodies", _("Waiting for an answer, by body"), waiting, "waiting")

    def overdue(self) -> BarList:
        """Those of them whose answer should be there. The same."""
        late = Referral.objects.overdue()
        return self._by_body("overdue", _("Overdue answers, by body"), late, "overdue")

    @cached_property
    def body_names(self) -> dict[UUID, str]:
        return Body.objects.localized_names()

    def _by_body(self, key: str, title: str, rows: ReferralQuerySet, state: str) -> BarList:
        own = rows.filter(proposal__in=self.proposals).order_by()
        counts = own.values_list("body", "body__translation_key").annotate(count=Count("pk"))
        bars = [
            Bar(self.body_names.get(name, ""), count, url=self.referrals_url(body=pk, state=state))
            for pk, name, count in sorted(counts, key=lambda row: (-row[2], row[0]))
        ]
        heads = (_("Body"), _("Referrals"))
        return BarList(key=key, title=title, description=_said(bars), heads=heads, bars=bars)

    # Where ---------------------------------------------------------------------------------

    def municipalities(self) -> ShapeMap:
        """Supports of the proposals for each municipality. Four queries."""
        rows = self.proposals.order_by().values_list("municipality")
        counted = rows.annotate(total=Sum("figures__support_count"), count=Count("pk"))
        sums = {pk: (total or 0, count) for pk, total, count in counted}
        # Links go by the source's number whatever the language: the filter knows no other.
        places = Municipality.objects.in_language()
        figures = {
            row.pk: Bar(row.name, total, url=self.url(municipality=row.pk), behind=count)
            for row in places
            for total, count in [sums.get(row.pk, (0, 0))]
        }
        land = territory()
        return ShapeMap(
            key="municipalities",
            title=_("Supports by municipality of the proposal"),
            description=_("Darker is more. The table has every figure."),
            heads=(_("Municipality"), _("Supports"), _("Proposals")),
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

        return _line(key, title, (_("Proposals"),), counts, lambda week: self._week(column, week))

    def _week(self, column: str, monday: date) -> str:
        """The list of a week; where days are chosen, of its days among them."""
        chosen = {} if column != "submitted_at" else self.query
        first = max(f"{monday}", chosen.get(f"{column}_from", ""))
        last = min(f"{monday + WEEK - DAY}", chosen.get(f"{column}_to", "9999"))
        return self.url(**{f"{column}_from": first, f"{column}_to": last})

    def supports(self) -> StepLine:
        """Supports given less those taken back, by week. One query."""
        rows = VoteEvent.objects.filter(round__proposal__in=self.proposals).order_by()
        weeks = rows.annotate(week=TruncWeek("day")).values_list("week")
        counted = weeks.annotate(total=Sum("kind"), count=Count("round", distinct=True))
        sums = {_day(week): (total, count) for week, total, count in counted}
        return _line(
            "supports",
            _("Supports given less those taken back, by week"),
            (_("Supports"), _("Proposals")),
            {week: total for week, (total, _count) in sums.items()},
            lambda week: self._week("supported", week),
            {week: count for week, (_total, count) in sums.items()},
        )


DAY = timedelta(days=1)


def _day(moment: date | datetime) -> date:
    return timezone.localtime(moment).date() if hasattr(moment, "hour") else moment  # type: ignore[arg-type]


def _line(
    key: str,
    title: str,
    heads: tuple[str, ...],
    counts: dict[date, int],
    url: Callable[[date], str],
    behind: dict[date, int] | None = None,
) -> StepLine:
    """A line over the last weeks, those without anything too."""
    weeks = list(_weeks(counts))
    points = [(monday, counts.get(monday, 0)) for monday in weeks]
    total = sum(value for _monday, value in points)
    return StepLine(
        key=key,
        title=title,
        description=_("%(count)s in all.") % {"count": figure(total)},
        heads=(_("Week from"), *heads),
        points=points,
        urls=[url(monday) for monday in weeks],
        behind=[behind.get(monday, 0) for monday in weeks] if behind is not None else (),
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


def _wait_bars(what: str, waits: Waits, url: str, behind: int) -> list[Bar]:
    if not waits.cases:
        return []
    half = _("half of all, %(what)s") % {"what": what}
    most = _("nine of ten, %(what)s") % {"what": what}
    return [
        Bar(words, round(days, 3), _days(days), url, behind=behind)
        for words, days in ((half, waits.median), (most, waits.most))
    ]


def _days(days: float) -> str:
    return _("%(days)s d") % {"days": number_format(days, 1)}


def _said(bars: Iterable[Bar]) -> str:
    return "; ".join(f"{bar.label}: {bar.words}" for bar in bars)
