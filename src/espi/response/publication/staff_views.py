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
from espi.accounts.second_step import needs_fresh_code
from espi.design.models import Wave
from espi.design.pages import wave_page
from espi.platform import audit, clock
from espi.platform.confirming import Question, ask_first
from espi.platform.errors import Refusal
from espi.response.publication import actions
from espi.response.publication.forms import WithdrawForm
from espi.response.publication.presentation import rows_of
from espi.response.publication.queries import proposed, released, results_of
from espi.response.publication.report import reports_of
from espi.response.publication.tasks import write_reports


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AUTHORITY)
@needs_fresh_code
@wave_page
def release(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Show what would be released, and let two people release it or one withdraw it."""
    step = request.POST.get("step", "")
    form = WithdrawForm(request.POST if step == "withdraw" else None)
    if request.method == "POST" and (step != "withdraw" or form.is_valid()):
        question = _question(step, wave)
        if question and (page := ask_first(request, question)) is not None:
            return page
        try:
            messages.success(request, _take_step(request, wave, step, form))
            return redirect("publication:release", wave.code)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return render(
                request, "publication/release.html", _context(request, wave, form), status=422
            )
    status = 422 if form.errors else 200
    return render(request, "publication/release.html", _context(request, wave, form), status=status)


def _question(step: str, wave: Wave) -> Question | None:
    """Return what is asked before the results become public or are withdrawn."""
    back = reverse("publication:release", args=[wave.code])
    if step == "approve":
        return Question(
            title=_("Release the results?"),
            consequences=(
                _("Index, reports and open data are public at once."),
                _("A release can be withdrawn, but what was read or copied stays known."),
            ),
            button=_("Release"),
            back=back,
        )
    if step == "withdraw":
        return Question(
            title=_("Withdraw the release?"),
            consequences=(
                _("The results disappear from the public pages; the reason is kept."),
                _("A withdrawn release does not come back; a new one takes two people again."),
            ),
            button=_("Withdraw"),
            back=back,
        )
    return None


def _take_step(request: HttpRequest, wave: Wave, step: str, form: WithdrawForm) -> str:
    """Propose, approve or withdraw, and return what to tell the person who did."""
    staff = staff_of(request)
    if step == "approve":
        release = actions.approve_release(wave=wave, actor=staff, today=clock.today())
        write_reports.enqueue(release.pk)
        return _("The results are public.")
    if step == "withdraw":
        reason = form.cleaned_data["reason"]
        actions.withdraw_release(wave=wave, actor=staff, reason=reason)
        return _("The release has been withdrawn.")
    actions.propose_release(wave=wave, actor=staff)
    return _("The release is proposed. A second person must approve it.")


def _context(request: HttpRequest, wave: Wave, form: WithdrawForm) -> dict[str, object]:
    waiting, public = proposed(wave), released(wave)
    shown = waiting or public
    if waiting:  # nobody outside may see it yet, so who looked is written down
        audit.record(staff_of(request), "publication.look", digest=waiting.digest)
    return {
        "wave": wave,
        "waiting": waiting,
        "public": public,
        "reports": reports_of(public) if public else None,
        "rows": rows_of(results_of(shown)) if shown else [],
        "form": form,
    }
