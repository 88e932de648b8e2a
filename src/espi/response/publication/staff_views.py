"""The authority's page of release."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from espi.accounts.models import Role
from espi.accounts.permissions import allow, staff_of
from espi.design.models import Wave
from espi.platform import audit, clock
from espi.platform.confirming import Question, ask_first
from espi.platform.errors import Refusal
from espi.response.estimation.queries import wave_at_hand
from espi.response.publication import actions
from espi.response.publication.forms import WithdrawForm
from espi.response.publication.presentation import rows_of
from espi.response.publication.queries import proposed, released
from espi.response.publication.tasks import write_reports


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AUTHORITY)
def release(request: HttpRequest) -> HttpResponse:
    """Show what would be released, and let two people release it or one take it back."""
    wave = wave_at_hand()
    deed = request.POST.get("deed", "")
    form = WithdrawForm(request.POST if deed == "withdraw" else None)
    if request.method == "POST" and (deed != "withdraw" or form.is_valid()):
        question = _question(deed)
        if question and (page := ask_first(request, question)) is not None:
            return page
        try:
            messages.success(request, _act(request, wave, deed, form))
            return redirect("publication:release")
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return render(
                request, "publication/release.html", _context(request, wave, form), status=422
            )
    status = 422 if form.errors else 200
    return render(request, "publication/release.html", _context(request, wave, form), status=status)


def _question(deed: str) -> Question | None:
    """Return what is asked before the results go out or are taken back."""
    if deed == "approve":
        return Question(
            title=_("Release the results?"),
            consequences=(
                _("Index, reports and open data are public at once."),
                _("A release can be withdrawn, but what was read or copied stays known."),
            ),
            button=_("Release"),
            back=reverse("publication:release"),
        )
    if deed == "withdraw":
        return Question(
            title=_("Withdraw the release?"),
            consequences=(
                _("The results disappear from the public pages; the reason is kept."),
                _("A withdrawn release does not come back; a new one takes two people again."),
            ),
            button=_("Withdraw"),
            back=reverse("publication:release"),
        )
    return None


def _act(request: HttpRequest, wave: Wave, deed: str, form: WithdrawForm) -> str:
    staff = staff_of(request)
    if deed == "approve":
        release = actions.approve_release(wave=wave, actor=staff, today=clock.today())
        write_reports.enqueue(release.pk)
        return _("The results are out.")
    if deed == "withdraw":
        reason = form.cleaned_data["reason"]
        actions.withdraw_release(wave=wave, actor=staff, reason=reason)
        return _("The release has been withdrawn.")
    actions.propose_release(wave=wave, actor=staff)
    return _("The release is proposed. A second person must approve it.")


def _context(request: HttpRequest, wave: Wave, form: WithdrawForm) -> dict[str, object]:
    waiting, out = proposed(wave), released(wave)
    shown = waiting or out
    if waiting:  # not released yet, so it is written down who looked
        audit.record(staff_of(request), "publication.look", digest=waiting.digest)
    return {
        "wave": wave,
        "waiting": waiting,
        "out": out,
        "rows": rows_of(shown) if shown else [],
        "form": form,
    }
