"""Words that residents put on proposals."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from taggit.models import ItemBase, TagBase


class ProposalTag(TagBase):
    """A word that residents put on proposals; apart from the tags editors use on pages."""

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def slugify(self, tag: str, i: int | None = None) -> str:
        # Django's slugify drops Cyrillic and Japanese, which would leave every tag nameless.
        slug = slugify(tag, allow_unicode=True) or uuid4().hex[:8]
        return f"{slug}_{i}" if i is not None else slug


class TaggedProposal(ItemBase):
    """Which proposal carries which tag."""

    content_object = models.ForeignKey("Proposal", models.CASCADE)
    tag = models.ForeignKey(ProposalTag, models.CASCADE, related_name="tagged")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="tag_once_per_proposal")
        ]
