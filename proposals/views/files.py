"""Pictures and documents of a proposal: adding, removing, and handing them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.ratelimit import rate_limit
from home.posting import posts_from
from proposals.actions import add_document as keep_document
from proposals.actions import add_image as keep_image
from proposals.actions import remove_file
from proposals.files import CONTENT_TYPES
from proposals.forms import DocumentForm, ImageForm
from proposals.models import ProposalDocument, ProposalImage
from proposals.permissions import may_edit_proposal, may_see_proposal
from proposals.views.holders import (
    for_authors,
    for_holders,
    held_key,
    own_proposal,
    way_back,
)
from proposals.views.writing import cannot_change

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms

    from proposals.models import Proposal

# A file opened by itself may run nothing and load nothing, whatever got past the checks.
FILE_POLICY = "default-src 'none'; sandbox"


def _forms(**bound: forms.Form) -> dict[str, Any]:
    return {
        "image_form": ImageForm(auto_id="image_%s"),
        "document_form": DocumentForm(auto_id="document_%s"),
        "form": bound.get("image_form") or bound.get("document_form"),
        "step": "files",
        **bound,
    }


@require_safe
@for_holders
def files(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    """A draft without an author takes none, lest anybody leave files here without a name."""
    if not may_edit_proposal(request.user, proposal, held_key(request, proposal.pk)):
        return cannot_change(request, proposal)
    context = {"proposal": proposal, **_forms(), **way_back(request, proposal)}
    return render(request, "proposals/write_files.html", context)


@posts_from("proposals:files")
@for_authors
@rate_limit("upload", "60/h")
def add_image(request: HttpRequest, pk: int) -> HttpResponse:
    form = ImageForm(request.POST, request.FILES, auto_id="image_%s")
    return _add(request, own_proposal(request, pk), keep_image, image_form=form)


@posts_from("proposals:files")
@for_authors
@rate_limit("upload", "60/h")
def add_document(request: HttpRequest, pk: int) -> HttpResponse:
    form = DocumentForm(request.POST, request.FILES, auto_id="document_%s")
    return _add(request, own_proposal(request, pk), keep_document, document_form=form)


def _add(
    request: HttpRequest, proposal: Proposal, keep: Callable[..., Any], **bound: forms.Form
) -> HttpResponse:
    """Keep what the one bound form holds, or show the page again with its errors."""
    [form] = bound.values()
    if not may_edit_proposal(request.user, proposal):
        return cannot_change(request, proposal)
    if form.is_valid():
        try:
            keep(user=request.user, proposal=proposal, **form.cleaned_data)
        except PermissionDenied:
            return cannot_change(request, proposal)
        except ValidationError as error:
            form.add_error("file", error)
        else:
            messages.success(request, _("The file is added."))
            return redirect("proposals:files", proposal.pk)
    return render(request, "proposals/write_files.html", {"proposal": proposal, **_forms(**bound)})


@posts_from("proposals:files")
@for_authors
def remove_image(request: HttpRequest, pk: int, image_pk: int) -> HttpResponse:
    return _remove(request, pk, ProposalImage, image_pk)


@posts_from("proposals:files")
@for_authors
def remove_document(request: HttpRequest, pk: int, document_pk: int) -> HttpResponse:
    return _remove(request, pk, ProposalDocument, document_pk)


def _remove(
    request: HttpRequest, pk: int, kind: type[ProposalImage | ProposalDocument], file_pk: int
) -> HttpResponse:
    proposal = own_proposal(request, pk)
    attached = kind.objects.filter(proposal=proposal, pk=file_pk).first()
    try:
        if attached is not None:  # the second of two clicks finds it gone
            remove_file(user=request.user, attached=attached)
    except PermissionDenied:
        return cannot_change(request, proposal)
    messages.success(request, _("The file is removed."))
    return redirect("proposals:files", pk)


@require_safe
def image(request: HttpRequest, pk: int) -> FileResponse:
    attached = _visible(request, ProposalImage, pk)
    return hand_out(attached.file, attached.file.name)


@require_safe
def document(request: HttpRequest, pk: int) -> FileResponse:
    attached = _visible(request, ProposalDocument, pk)
    return hand_out(attached.file, attached.name, as_attachment=True, filename=attached.name)


def _visible(request: HttpRequest, kind: type[Any], pk: int) -> Any:
    attached = get_object_or_404(kind.objects.select_related("proposal"), pk=pk)
    if not may_see_proposal(request.user, attached.proposal):
        raise Http404
    return attached


def hand_out(file: Any, name: str, **kwargs: Any) -> FileResponse:
    kind = CONTENT_TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    try:
        opened = file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(opened, content_type=kind, **kwargs)
    response["Content-Security-Policy"] = FILE_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    # Private: a proposal may be taken off the public pages, and with it its files.
    response["Cache-Control"] = "private, max-age=3600"
    return response
