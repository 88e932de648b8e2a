"""Who may open which page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from espi.accounts.models import Role, Staff
from espi.platform.errors import Refusal

View = Callable[..., HttpResponseBase]


def allow(*roles: Role) -> Callable[[View], View]:
    """Let only staff of these roles in; others are refused, strangers are asked to sign in."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if staff_of(request).role not in roles:
                raise PermissionDenied
            try:
                return view(request, *args, **kwargs)
            except Refusal as refusal:  # there is no wave yet, say: the page has nothing to show
                context = {"refusal": str(refusal)}
                return render(request, "not_possible_now.html", context, status=HTTPStatus.CONFLICT)

        guarded.allowed_roles = roles  # type: ignore[attr-defined] # read by the house test
        return guarded

    return guard


def staff_of(request: HttpRequest) -> Staff:
    """Return the member of staff behind a request that ``allow`` let in."""
    return cast("Staff", request.user)


def may_see_agency(staff: Staff, agency_code: str) -> bool:
    """Say whether a member of staff may see an agency's pages: a liaison only the own one."""
    return staff.role != Role.LIAISON or staff.agency_code == agency_code
