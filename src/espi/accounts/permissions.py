"""Who may open which page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from espi.accounts.models import Role, Staff
from espi.accounts.second_factor import must_set_up
from espi.platform.errors import Refusal

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
ROLES = "allowed_roles"  # attribute of a guarded view


def allow(*roles: Role) -> Callable[[View[P]], View[P]]:
    """Let only signed-in staff with one of these roles open a page.

    Visitors who are not signed in are sent to the sign-in page, staff without the second factor
    that they must have to the page where they set it up, staff of another role get the page "Not
    for this role" (403). A refusal that the view raises becomes the page "Not possible now" (409):
    there may be no wave yet, for example, so that the page has nothing to show.
    """
    return _guard(roles, second_factor=True)


def allow_without_second_factor(*roles: Role) -> Callable[[View[P]], View[P]]:
    """Guard a page like ``allow``, but open it before the second factor is set up.

    For the pages of the own account alone, which is where it is set up.
    """
    return _guard(roles, second_factor=False)


def _guard(roles: tuple[Role, ...], *, second_factor: bool) -> Callable[[View[P]], View[P]]:
    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            staff = staff_of(request)
            if second_factor and must_set_up(staff):
                return redirect("accounts:set_up_app")
            if staff.role not in roles:
                raise PermissionDenied
            try:
                return view(request, *args, **kwargs)
            except Refusal as refusal:
                context = {"refusal": str(refusal)}
                return render(request, "not_possible_now.html", context, status=HTTPStatus.CONFLICT)

        setattr(guarded, ROLES, roles)
        return guarded

    return guard


def is_for_staff(view: Callable[..., HttpResponseBase]) -> bool:
    """Say whether ``allow`` guards a view; decorators around it keep the mark."""
    return hasattr(view, ROLES)


def staff_of(request: HttpRequest) -> Staff:
    """Return the member of staff who sent a request that ``allow`` let pass."""
    return cast("Staff", request.user)


def may_see_agency(staff: Staff, agency_code: str) -> bool:
    """Say whether a member of staff may see an agency's pages: a liaison only the own one."""
    return staff.role != Role.LIAISON or staff.agency_code == agency_code
