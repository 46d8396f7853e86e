"""The steps of writing a proposal as forms, and the two forms that add files."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms import TermChoiceField
from accounts.models import Municipality
from proposals.actions import TITLE_MIN
from proposals.cleaning import one_line, plain_text, tag_names
from proposals.files import DOCUMENTS, checked_document, redraw_picture
from proposals.models import Category, Proposal

if TYPE_CHECKING:
    from django.core.files.base import ContentFile
    from django.core.files.uploadedfile import UploadedFile

TAGS_MAX = 8
TAG_LENGTH_MAX = 30
COORDINATE_STEP = Decimal("0.00001")


class StepForm(forms.ModelForm):
    """One step. A draft may be left unfinished, so what is needed is only asked for at the end.

    Once moderators have the proposal before them, nothing that is needed can be emptied.
    """

    needed: ClassVar[tuple[str, ...]] = ()
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_strict = self.instance.status == Proposal.Status.SUBMITTED
        self._require(True)

    def _require(self, on: bool) -> None:
        for name in self.needed:
            self.fields[name].required = on

    def full_clean(self) -> None:
        # "Required" is said beside each label all the same, by leaving out "(optional)".
        self._require(self.is_strict)
        super().full_clean()
        self._require(True)

    def clean(self) -> dict[str, Any]:
        for name, value in self.cleaned_data.items():
            if isinstance(value, str):
                is_long = isinstance(self.fields[name].widget, forms.Textarea)
                self.cleaned_data[name] = plain_text(value) if is_long else one_line(value)
                if self.is_strict and name in self.needed and not self.cleaned_data[name]:
                    self.add_error(name, self.fields[name].error_messages["required"])
        return self.cleaned_data

    @property
    def kept(self) -> dict[str, Any]:
        """What can be saved even if something else on the page is wrong."""
        return dict(self.cleaned_data)


class TitleForm(StepForm):
    """The whole in one sentence, and the language it is written in."""

    needed = ("title", "language")

    class Meta:
        model = Proposal
        fields = ("title", "language")
        labels: ClassVar = {"title": _("Your proposal in one sentence")}
        help_texts: ClassVar = {
            "title": _(
                "What should be done? 10 to 90 characters. "
                "For example: “Sensors on four tributaries that warn of floods six hours ahead”"
            ),
            "language": _("Your text is shown in the language you write it in."),
        }
        widgets: ClassVar = {"language": forms.RadioSelect}

    def __init__(self, *args: Any, is_autosave: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_autosave = is_autosave
        self.fields["language"].choices = settings.LANGUAGES

    def clean(self) -> dict[str, Any]:
        super().clean()
        title = self.cleaned_data.get("title")
        # While somebody is still typing, a short sentence is not yet a mistake.
        if title is not None and len(title) < TITLE_MIN and not self.is_autosave:
            self.add_error("title", _("Write a sentence of 10 to 90 characters."))
        if not self.cleaned_data.get("language"):
            self.cleaned_data.pop("language", None)
        return self.cleaned_data


class TextForm(StepForm):
    """What for, what, for whom, and the summary for lists."""

    needed = ("problem", "solution", "beneficiaries", "summary")

    class Meta:
        model = Proposal
        fields = ("problem", "solution", "beneficiaries", "summary")
        labels: ClassVar = {
            "problem": _("What for?"),
            "solution": _("What should be done?"),
            "beneficiaries": _("For whom?"),
            "summary": _("In one or two sentences, for the list"),
        }
        help_texts: ClassVar = {
            "problem": _(
                "What is wrong today, and how do you know? For example: “In 2013 and 2021 people "
                "on the riverside learned of the rising water an hour before it came. The gauges "
                "report once a day.”"
            ),
            "solution": _(
                "What exactly do you propose? For example: “Put up twelve sensors that report "
                "every ten minutes, and send a text message when the water will reach the houses.”"
            ),
            "beneficiaries": _(
                "Who gains from it, and how many? For example: “Forty thousand people who live by "
                "the river”"
            ),
            "summary": _(
                "For example: “Twelve sensors on the tributaries, and a text message six hours "
                "before the water comes.”"
            ),
        }
        widgets: ClassVar = {"summary": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, is_autosave: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class CoordinateField(forms.DecimalField):
    """Degrees as maps give them: with a comma or a point, and more digits than a metre needs."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Decimal | None:
        degrees = super().to_python(value.replace(",", ".") if isinstance(value, str) else value)
        try:
            return degrees if degrees is None else degrees.quantize(COORDINATE_STEP)
        except InvalidOperation as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class PlaceForm(StepForm):
    """About what and where."""

    needed = ("category",)
    category = TermChoiceField(
        queryset=Category.objects.sources(), label=_("About what?"), widget=forms.RadioSelect
    )
    municipality = TermChoiceField(
        queryset=Municipality.objects.sources(),
        required=False,
        label=_("Where?"),
        empty_label=_("The whole Territory"),
    )
    latitude = CoordinateField(
        required=False,
        min_value=-90,
        max_value=90,
        label=_("Latitude"),
        help_text=_("If there is one exact place: degrees as maps show them, such as 48.48023."),
    )
    longitude = CoordinateField(
        required=False,
        min_value=-180,
        max_value=180,
        label=_("Longitude"),
        help_text=_("For example 135.07190."),
    )
    tags = forms.CharField(
        required=False,
        max_length=400,
        label=_("Tags"),
        help_text=_("Up to 8 words by which others may look for it, separated by commas."),
    )

    class Meta:
        model = Proposal
        fields = ("category", "municipality", "latitude", "longitude")

    def __init__(self, *args: Any, is_autosave: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["tags"] = ", ".join(sorted(self.instance.tags.names()))

    def clean(self) -> dict[str, Any]:
        super().clean()
        point = {name: self.cleaned_data.get(name) for name in ("latitude", "longitude")}
        for name, value in point.items():
            if value is None and name not in self.errors and any(point.values()):
                self.add_error(name, _("Give both latitude and longitude, or neither."))
        if {"latitude", "longitude"} & self.errors.keys():
            # Half a point is none; the database would refuse it.
            self.cleaned_data.pop("latitude", None)
            self.cleaned_data.pop("longitude", None)
        return self.cleaned_data

    def clean_tags(self) -> list[str]:
        names = tag_names(self.cleaned_data["tags"])
        if len(names) > TAGS_MAX:
            raise ValidationError(_("Give no more than 8 tags."))
        if any(len(name) > TAG_LENGTH_MAX for name in names):
            raise ValidationError(_("A tag can have 30 characters at most."))
        return names


class ImageForm(forms.Form):
    """One picture, with words for those who cannot see it."""

    use_required_attribute = False
    file = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG or WebP, up to 8 MB. Where and when it was taken is not kept."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={
            "required": _("Choose a picture."),
            "empty": _("This picture is an empty file."),
        },
    )
    alt = forms.CharField(
        label=_("What does the picture show?"),
        help_text=_(
            "For people who cannot see it. For example: “Water up to the windows of a wooden house”"
        ),
        max_length=200,
        error_messages={"required": _("Describe what the picture shows.")},
    )

    def clean_file(self) -> ContentFile:
        return redraw_picture(self.cleaned_data["file"])

    def clean_alt(self) -> str:
        alt = one_line(self.cleaned_data["alt"])
        if not alt:
            raise ValidationError(self.fields["alt"].error_messages["required"])
        return alt


class DocumentForm(forms.Form):
    """One document."""

    use_required_attribute = False
    file = forms.FileField(
        label=_("Document"),
        help_text=_("PDF, DOCX, XLSX, ODT, ODS, TXT or CSV, up to 10 MB."),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{kind}" for kind in DOCUMENTS)}),
        error_messages={
            "required": _("Choose a document."),
            "empty": _("This document is an empty file."),
        },
    )

    def clean_file(self) -> UploadedFile:
        upload, self.cleaned_data["name"] = checked_document(self.cleaned_data["file"])
        return upload


STEPS: dict[str, type[StepForm]] = {"title": TitleForm, "text": TextForm, "place": PlaceForm}


class AppealForm(forms.Form):
    """What an author says against a decision of the moderators."""

    use_required_attribute = False
    text = forms.CharField(
        label=_("Why the decision is wrong"),
        min_length=10,
        max_length=2000,
        help_text=_("A few sentences are enough. Moderators read it, nobody else."),
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": 2000}),
    )
