"""One member of staff's votes of one day in a round: how many, how fast, and annulling them."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.formats import date_format

from voting.desk_work import shifts_of
from voting.models import Intervention, TakenVote
from voting.models.ledger import SMALLEST_GROUP
from voting.viewsets.integrity import GroupPage


class ShiftView(GroupPage):
    """Votes taken at the desk or cast from paper; only ten and more of them have a page."""

    offered = (Intervention.Kind.ANNUL,)
    template_name = "voting/staff/integrity_shift.html"

    def get_page_title(self) -> str:
        return f"{self.shift.name}, {date_format(self.shift.day)}"

    @cached_property
    def day(self) -> date:
        try:
            return date.fromisoformat(self.kwargs["day"])
        except ValueError:
            raise Http404 from None

    @cached_property
    def shift(self) -> Any:
        key = self.kwargs["by"], self.day
        for shift in shifts_of(self.round):
            if (shift.by, shift.day) == key and shift.standing >= SMALLEST_GROUP:
                return shift
        raise Http404

    def voters(self) -> list[bytes]:
        taken = TakenVote.objects.of_standing(self.round)
        rows = taken.filter(by=self.shift.by, day=self.shift.day)
        return [bytes(voter) for voter in rows.values_list("event__voter", flat=True)]

    def context(self) -> dict[str, Any]:
        return {"shift": self.shift}
