"""The desk: a document is looked at, and a vote taken from somebody who came in person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from wagtail.admin import messages

from voting.actions import DocumentRefused, check_document
from voting.permissions import DocumentRefusal, may_check_document
from voting.viewsets.forms import DocumentForm
from voting.viewsets.pages import StaffPage

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


# An error report must not hold the number of somebody's passport.
@method_decorator(sensitive_post_parameters("number"), name="dispatch")
class DocumentView(StaffPage):
    """Put down that a document was seen, for an account or for somebody without one."""

    may = may_check_document
    page_title = gettext_lazy("Document check")
    header_icon = "user"
    template_name = "voting/staff/check_document.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.draw(form=DocumentForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = DocumentForm(request.POST)
        if not form.is_valid():
            return self.draw(form=form)
        try:
            check_document(by=request.user, **form.fields_of_check)
        except DocumentRefused as refused:
            form.add_error(None, refused.refusal.label)
            may_replace = refused.refusal == DocumentRefusal.OTHER_DOCUMENT
            return self.draw(form=form, may_replace=may_replace, status=409)
        messages.success(request, self.done(form))
        return redirect(reverse("desk_admin:document"))

    def done(self, form: DocumentForm) -> str:
        if person := form.person:
            return _("Document seen. The account %(email)s now counts as “document seen”.") % {
                "email": person.email
            }
        return _("Document seen. The person can vote at the desk and on paper.")
