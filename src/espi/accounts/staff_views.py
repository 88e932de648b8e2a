"""The authority's pages of accounts: who there is, new ones, roles, and what ends access."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from espi.accounts import actions, links, second_factor
from espi.accounts.forms import NewStaffForm, RoleForm
from espi.accounts.models import Role, Staff
from espi.accounts.permissions import allow, staff_of
from espi.accounts.second_step import needs_fresh_code
from espi.platform import audit
from espi.platform.confirming import Question, ask_first
from espi.platform.errors import Refusal

WRONG = 422


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AUTHORITY)
@needs_fresh_code
def everybody(request: HttpRequest) -> HttpResponse:
    """List the accounts of this bank, and add one; a new one gets a link to set its password."""
    form = NewStaffForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            staff = actions.add_staff(
                username=form.cleaned_data["username"],
                password=None,
                role=form.cleaned_data["role"],
                agency_code=form.cleaned_data["agency_code"],
                actor=staff_of(request),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return _link_page(request, staff)
    context = {
        "form": form,
        "accounts": Staff.objects.select_related("authenticator").order_by("username"),
        "bank": settings.BANK,
    }
    status = WRONG if form.errors else 200
    return render(request, "accounts/everybody.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AUTHORITY)
@needs_fresh_code
def one_account(request: HttpRequest, username: str) -> HttpResponse:
    """Show one account, and change its role."""
    staff = get_object_or_404(Staff.objects.select_related("authenticator"), username=username)
    shown = {"role": staff.role, "agency_code": staff.agency_code}
    form = RoleForm(request.POST if request.method == "POST" else None, initial=shown)
    if form.is_valid():
        try:
            actions.refuse_own(username, staff_of(request))
            actions.set_role(
                username=username,
                role=form.cleaned_data["role"],
                agency_code=form.cleaned_data["agency_code"],
                actor=staff_of(request),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The role is changed; sessions of the account have ended."))
            return redirect("accounts:one_account", username=username)
    context = {"form": form, "staff": staff, "own": staff == request.user}
    status = WRONG if form.errors else 200
    return render(request, "accounts/one_account.html", context, status=status)


@never_cache
@require_POST
@allow(Role.AUTHORITY)
@needs_fresh_code
def give_link(request: HttpRequest, username: str) -> HttpResponse:
    """Show a link with which the person sets a password; sessions go on until it is used."""
    staff = get_object_or_404(Staff, username=username, is_active=True)
    return _link_page(request, staff)


@never_cache
@require_POST
@allow(Role.AUTHORITY)
@needs_fresh_code
def disable(request: HttpRequest, username: str) -> HttpResponse:
    """Keep an account from signing in; its sessions end at once."""
    staff = get_object_or_404(Staff, username=username)
    other = _("The other bank has accounts of its own: disable the account there, too.")
    sessions = _("The account cannot sign in, and its sessions end at once.")
    question = Question(
        title=_("Disable the account %(username)s?") % {"username": staff.username},
        consequences=(sessions, other),
        button=_("Disable the account"),
        back=reverse("accounts:one_account", args=[username]),
    )
    if (page := ask_first(request, question)) is not None:
        return page
    return _changed(request, staff, "disable")


@never_cache
@require_POST
@allow(Role.AUTHORITY)
@needs_fresh_code
def enable(request: HttpRequest, username: str) -> HttpResponse:
    """Let a disabled account sign in again."""
    return _changed(request, get_object_or_404(Staff, username=username), "enable")


@never_cache
@require_POST
@allow(Role.AUTHORITY)
@needs_fresh_code
def forget_second_factor(request: HttpRequest, username: str) -> HttpResponse:
    """Remove the authenticator of a person who lost the phone and the recovery codes."""
    staff = get_object_or_404(Staff, username=username)
    question = Question(
        title=_("Remove the second factor of %(username)s?") % {"username": staff.username},
        consequences=(
            _("Until a new app is set up, the password alone opens the account."),
            _("Make sure, by voice or in person, that it was the person who asked."),
        ),
        button=_("Remove the second factor"),
        back=reverse("accounts:one_account", args=[username]),
    )
    if (page := ask_first(request, question)) is not None:
        return page
    return _changed(request, staff, "forget")


def _changed(request: HttpRequest, staff: Staff, what: str) -> HttpResponse:
    """Do what was asked to an account that is not one's own, and return to its page."""
    actor = staff_of(request)
    try:
        actions.refuse_own(staff.username, actor)
        if what == "disable":
            actions.disable_staff(username=staff.username, actor=actor)
        elif what == "enable":
            actions.enable_staff(username=staff.username, actor=actor)
        else:
            second_factor.forget_second_factor(staff=staff, actor=actor)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The account is changed."))
    return redirect("accounts:one_account", username=staff.username)


def _link_page(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show a new link once; the audit log says that it was made, never what it is."""
    audit.record(staff_of(request), "accounts.link", username=staff.username)
    path = reverse("accounts:by_link", args=[links.new_link(staff)])
    context = {"staff": staff, "link": request.build_absolute_uri(path)}
    return render(request, "accounts/link.html", context)
