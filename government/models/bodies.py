"""Bodies of government that proposals are referred to."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import LocalizedTerm, Municipality


class Body(LocalizedTerm):
    """A ministry or a municipality's administration that proposals are referred to."""

    class Kind(models.TextChoices):
        MINISTRY = "ministry", _("Government of the Territory")
        MUNICIPALITY = "municipality", _("Municipality")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices, default=Kind.MINISTRY)
    municipality = models.ForeignKey(
        Municipality,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("municipality"),
    )
    email = models.EmailField(_("e-mail for referrals"), blank=True)
    answer_days = models.PositiveSmallIntegerField(_("days to answer"), default=30)

    class Meta(LocalizedTerm.Meta):
        verbose_name = _("body")
        verbose_name_plural = _("bodies")
