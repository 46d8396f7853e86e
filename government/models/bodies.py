"""Bodies of government that proposals are referred to, their departments and officials."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KT
from django.utils.translation import gettext_lazy as _

from accounts.models import LocalizedTerm, Municipality
from home.words import WordsField, said


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
    mail_language = models.CharField(
        _("language of mails and cases"),
        max_length=8,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
        help_text=_("In it the body and its officials get mails, and links open their cases."),
    )
    answer_days = models.PositiveSmallIntegerField(_("days to answer"), default=30)

    class Meta(LocalizedTerm.Meta):
        verbose_name = _("body")
        verbose_name_plural = _("bodies")

    @property
    def receiver(self) -> Official | None:
        """Who gets the body's referrals. One query."""
        return self.officials.filter(gets_referrals=True).first()

    @property
    def head(self) -> Official | None:
        """Who is told when an answer is a week late. One query."""
        return self.officials.filter(is_head=True, is_active=True).first()


class Department(models.Model):
    """A part of a body that referrals can be passed on to."""

    body = models.ForeignKey(
        Body, models.PROTECT, related_name="departments", verbose_name=_("body")
    )
    name = WordsField(_("name"), text_length=160)
    lead = models.ForeignKey(
        "Official",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person in charge"),
        help_text=_("Gets the link when a referral is passed on to the department."),
    )

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering: ClassVar = ["body", KT("name__ru"), "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                F("body"),
                KT("name__ru"),
                name="one_department_of_a_name_in_a_body",
                violation_error_message=_("The body has a department of this name already."),
            )
        ]

    def __str__(self) -> str:
        return said(self.name)[0]

    def clean(self) -> None:
        """Whoever is in charge works in the same body."""
        if self.lead and self.lead.body_id != self.body_id:
            raise ValidationError({"lead": _("This person works in another body.")})


class OfficialQuerySet(models.QuerySet["Official"]):
    """People who answer for a body."""

    def reachable(self) -> OfficialQuerySet:
        """Those who may be given a case."""
        return self.filter(is_active=True)


class Official(models.Model):
    """A person who answers for a body; needs no account, only the address on file here."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="officials", verbose_name=_("body"))
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="officials",
        verbose_name=_("department"),
    )
    name = models.CharField(_("name"), max_length=120)
    position = WordsField(_("position"), text_length=160, blank=True)
    email = models.EmailField(
        _("e-mail"), help_text=_("Links and codes go to this address. Nobody else sees it.")
    )
    is_active = models.BooleanField(_("in office"), default=True)
    gets_referrals = models.BooleanField(
        _("gets the body's referrals"),
        default=False,
        help_text=_("One person a body: new referrals go to them, with a link to the case."),
    )
    is_head = models.BooleanField(
        _("head of the body"),
        default=False,
        help_text=_("Is told when an answer is a week late."),
    )

    objects = OfficialQuerySet.as_manager()

    class Meta:
        verbose_name = _("official")
        verbose_name_plural = _("officials")
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["body"],
                condition=Q(gets_referrals=True),
                name="one_official_gets_a_bodys_referrals",
                violation_error_message=_("Somebody else gets this body's referrals already."),
            ),
            models.UniqueConstraint(
                fields=["body"],
                condition=Q(is_head=True),
                name="one_head_of_a_body",
                violation_error_message=_("This body has a head already."),
            ),
            models.CheckConstraint(
                condition=Q(is_active=True) | Q(gets_referrals=False),
                name="only_who_is_in_office_gets_referrals",
                violation_error_message=_("Only somebody in office can get referrals."),
            ),
        ]

    def __str__(self) -> str:
        return self.shown

    @property
    def shown(self) -> str:
        """Name and position, as everybody may read them."""
        return ", ".join(filter(None, (self.name, said(self.position)[0])))

    @property
    def masked_email(self) -> str:
        """Enough of the address for its owner to know it by, and for nobody else."""
        local, _at, domain = self.email.partition("@")
        return f"{local[:1]}…@{domain}"

    def clean(self) -> None:
        """The department is one of the same body."""
        if self.department and self.department.body_id != self.body_id:
            raise ValidationError({"department": _("This department is another body's.")})
