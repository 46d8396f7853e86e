"""People and where they live: User, Consent, Municipality, its outline, and the base of terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.models import TranslatableMixin

if TYPE_CHECKING:
    import uuid
    from datetime import date


class LocalizedTermQuerySet(models.QuerySet[Any]):
    """Terms such as categories and municipalities, one row a language."""

    def sources(self) -> LocalizedTermQuerySet:
        """Only the rows in the source language: the ones foreign keys point at."""
        return self.filter(locale__language_code=settings.LANGUAGE_CODE)

    def localized_names(self) -> dict[uuid.UUID, str]:
        """Map translation key to name in the active language, else the source. One query."""
        rows = self.filter(
            locale__language_code__in={settings.LANGUAGE_CODE, get_language()}
        ).values_list("translation_key", "name", "locale__language_code")
        # The source language comes first, so a translation overwrites it.
        ordered = sorted(rows, key=lambda row: row[2] != settings.LANGUAGE_CODE)
        return {key: name for key, name, _language in ordered}

    def in_language(self) -> list[Any]:
        """Source rows that carry the active language's words, sorted by name. One query.

        For showing only: saving one would write the translation over the source.
        """
        rows = self.filter(
            locale__language_code__in={settings.LANGUAGE_CODE, get_language()}
        ).select_related("locale")
        words = {row.translation_key: row for row in rows if row.language == get_language()}
        sources = [row for row in rows if row.language == settings.LANGUAGE_CODE]
        for row in sources:
            row.take_words(words.get(row.translation_key, row))
        return sorted(sources, key=lambda row: row.name.casefold())


class LocalizedTerm(TranslatableMixin):
    """A short name that staff keep in every language; rows point at its source-language row."""

    slug = models.SlugField(_("short name in addresses"), max_length=60)
    name = models.CharField(_("name"), max_length=120)

    objects = LocalizedTermQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("name",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["translation_key", "locale"],
                name="unique_translation_key_locale_%(app_label)s_%(class)s",
            ),
            models.UniqueConstraint(
                fields=["locale", "slug"], name="unique_locale_slug_%(app_label)s_%(class)s"
            ),
        ]

    WORDS: ClassVar[tuple[str, ...]] = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def language(self) -> str:
        return self.locale.language_code

    def take_words(self, other: LocalizedTerm) -> None:
        """Carry another language's words, for showing."""
        for field in self.WORDS:
            setattr(self, field, getattr(other, field))


class Municipality(LocalizedTerm):
    """One of the Territory's municipalities, with its place on the tile map (LOOK.md §7)."""

    short_name = models.CharField(
        _("name on the tile map"), max_length=24, help_text=_("Up to about nine letters fit.")
    )
    centre = models.CharField(_("administrative centre"), max_length=80, blank=True)
    population = models.PositiveIntegerField(_("population"), default=0)
    latitude = models.DecimalField(
        _("latitude"), max_digits=8, decimal_places=5, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("longitude"), max_digits=8, decimal_places=5, null=True, blank=True
    )
    tile_row = models.PositiveSmallIntegerField(_("tile row"), default=1)
    tile_column = models.PositiveSmallIntegerField(_("tile column"), default=1)

    WORDS: ClassVar[tuple[str, ...]] = ("name", "short_name", "centre")

    class Meta(LocalizedTerm.Meta):
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")


class AssuranceLevel(models.IntegerChoices):
    """How well we know that an account is one real person; higher is surer."""

    NONE = 0, _("nothing checked")
    EMAIL = 1, _("e-mail confirmed")
    DOCUMENT = 2, _("document seen by staff")


class UserManager(BaseUserManager["User"]):
    """Accounts are found by e-mail, in any spelling of its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """A person with an account. The e-mail is the log-in and is never shown to others."""

    username = None  # type: ignore[assignment]  # the e-mail takes its place
    last_name = None  # type: ignore[assignment]  # one public name; the law asks us to keep no more
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(
        _("public name"),
        max_length=80,
        help_text=_("Shown beside your proposals. It need not be your full name."),
    )
    municipality = models.ForeignKey(
        Municipality,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("where you live"),
    )
    organisation = models.CharField(
        _("organisation"),
        max_length=160,
        blank=True,
        help_text=_("Never shown: it only finds conflicts of interest when proposals are scored."),
    )
    level = models.PositiveSmallIntegerField(
        _("assurance level"), choices=AssuranceLevel.choices, default=AssuranceLevel.NONE
    )
    language = models.CharField(
        _("language of mail"), max_length=8, choices=settings.LANGUAGES, default="ru"
    )

    queue_keys = models.BooleanField(
        _("keys in the moderators' queue"),
        default=False,
        help_text=_(
            "Single keys then open the next proposal and press its buttons; “?” lists them. Leave"
            " them off if you speak to your computer or press keys by accident."
        ),
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]
    objects = UserManager()  # type: ignore[misc,assignment]  # narrows AbstractUser's manager

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints: ClassVar = [
            # Two spellings of one address would be two voters.
            models.UniqueConstraint(Lower("email"), name="unique_email_in_any_case"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def first_name(self) -> str:  # type: ignore[override]  # Wagtail's side bar greets by it
        return self.name

    def get_full_name(self) -> str:
        return self.name


class ConsentText(models.Model):
    """The words people agreed to, kept once for each wording: a hash alone proves nothing."""

    text_hash = models.CharField(max_length=64, primary_key=True)
    text = models.TextField()
    language = models.CharField(max_length=8)
    first_shown_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")

    def __str__(self) -> str:
        return f"{self.language} {self.text_hash[:12]}"


class Consent(models.Model):
    """Proof of a consent: which text, for what, when. Withdrawn ones stay as history."""

    class Purpose(models.TextChoices):
        PERSONAL_DATA = "personal_data", _("processing of personal data")

    user = models.ForeignKey(User, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=32, choices=Purpose.choices)
    text_hash = models.CharField(max_length=64, help_text=_("SHA-256 of the text agreed to"))
    given_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.given_at:%Y-%m-%d}"


class AreaMapQuerySet(models.QuerySet["AreaMap"]):
    """Maps of the municipalities, each valid from a day on until the next."""

    def on(self, day: date | None = None) -> AreaMap | None:
        """The map that is valid on a day, today if none is given. One query."""
        return self.filter(valid_from__lte=day or timezone.localdate()).first()


class AreaMap(models.Model):
    """Outlines of the municipalities in one frame, as `load_areas` drew them; see `outlines`.

    Districts keep turning into okrugs and merge, so a map holds from a day on until the next does.
    """

    valid_from = models.DateField(_("valid from"), unique=True)
    attribution = models.CharField(_("whose data it is"), max_length=200, blank=True)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    contents_hash = models.CharField(_("SHA-256 of the contents"), max_length=64)
    loaded_at = models.DateTimeField(_("loaded"), auto_now_add=True)

    objects = AreaMapQuerySet.as_manager()

    class Meta:
        verbose_name = _("map of the municipalities")
        verbose_name_plural = _("maps of the municipalities")
        ordering: ClassVar = ["-valid_from"]

    def __str__(self) -> str:
        return f"{self.valid_from}"


class Area(models.Model):
    """One municipality's outline on a map: an SVG path, and the box it fills."""

    map = models.ForeignKey(AreaMap, models.CASCADE, related_name="areas")
    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="areas")
    path = models.TextField()
    left = models.PositiveSmallIntegerField()
    top = models.PositiveSmallIntegerField()
    right = models.PositiveSmallIntegerField()
    bottom = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("outline of a municipality")
        verbose_name_plural = _("outlines of municipalities")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["map", "municipality"], name="one_outline_per_map")
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.map_id}"

    @property
    def extent(self) -> int:
        """How much of the drawing its box covers."""
        return (self.right - self.left) * (self.bottom - self.top)
