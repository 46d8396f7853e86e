"""A person's own account: profile, data, erasure; and the door to the admin."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from accounts.actions import change_profile, erase_account
from accounts.forms import EraseForm, ProfileForm
from accounts.models import User
from accounts.permissions import may_erase_account
from accounts.personal_data import personal_data
from accounts.ratelimit import rate_limit


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
@rate_limit("profile", "20/m")
def profile(request: HttpRequest) -> HttpResponse:
    # A fresh instance: a form that fails must not rename the person in the page's own head.
    account = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=account)
    if request.method == "POST" and form.is_valid():
        change_profile(user=request.user, **form.cleaned_data)
        with override(form.cleaned_data["language"]):
            messages.success(request, _("Saved."))
            return redirect("accounts:profile")
    context = {"form": form, "may_erase": may_erase_account(request.user, request.user)}
    return render(request, "accounts/profile.html", context)


@require_GET
@login_required
@never_cache
@rate_limit("download", "10/h", methods=("GET",))
def download(request: HttpRequest) -> HttpResponse:
    response = JsonResponse(
        personal_data(request.user), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
@sensitive_post_parameters("password")
@rate_limit("erase", "5/m")
def erase(request: HttpRequest) -> HttpResponse:
    user = request.user
    if not may_erase_account(user, user):
        raise PermissionDenied
    form = EraseForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        erase_account(account=user, by=user, keep_name=form.cleaned_data["keep_name"])
        logout(request)
        messages.success(request, _("Your account is deleted."))
        return redirect(reverse("accounts:erased"))
    return render(request, "accounts/erase.html", {"form": form})


@require_GET
@never_cache
def erased(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/erased.html")


@require_GET
@never_cache
def staff_entrance(request: HttpRequest) -> HttpResponse:
    """Where Wagtail sends whoever may not enter its admin: to sign in, or to a plain no."""
    if request.user.is_authenticated and not request.user.has_perm("wagtailadmin.access_admin"):
        list(messages.get_messages(request))  # Wagtail left one; the page says it better
        return render(request, "accounts/not_staff.html", {"messages": []}, status=403)
    wanted = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        wanted = reverse("wagtailadmin_home")
    if request.user.is_authenticated:
        return HttpResponseRedirect(wanted)
    return redirect_to_login(wanted, reverse("account_login"))
