"""The form behind every support button."""

from __future__ import annotations

from django import forms


class SupportForm(forms.Form):
    """What the person wants, and which generation of their vote and which size the page showed."""

    stands = forms.BooleanField(required=False)
    gen = forms.IntegerField(required=False, min_value=0, max_value=32_000)
    large = forms.BooleanField(required=False)
    next = forms.CharField(required=False, max_length=2000)
