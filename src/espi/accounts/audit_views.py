"""The audit log on a page: who did what, on which day; to be filtered and kept as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from espi.accounts.forms import AuditFilter
from espi.accounts.models import Role
from espi.accounts.permissions import allow, staff_of
from espi.platform import audit
from espi.platform.models import AuditLine
from espi.platform.spreadsheets import MOST_ROWS
from espi.platform.tables import csv_response, workbook_response

PAGE = 100  # lines
COLUMNS = ("line", "day", "actor", "action", "facts", "chain")


@require_safe
@never_cache
@allow(Role.AUTHORITY, Role.AUDITOR)
def log(request: HttpRequest) -> HttpResponse:
    """Show the lines of the audit log, the newest first, a hundred on a page."""
    form = AuditFilter(request.GET)
    page = Paginator(_chosen(form).order_by("-id"), PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "rows": [(line, _in_words(line)) for line in page],
        "query": query.urlencode(),
        "head": audit.head(),
    }
    return render(request, "accounts/audit_log.html", context)


@require_safe
@never_cache
@allow(Role.AUTHORITY, Role.AUDITOR)
def log_csv(request: HttpRequest) -> HttpResponse:
    """Return the chosen lines as CSV, the oldest first; taking the file is audited, too."""
    audit.record(staff_of(request), "audit.export")
    return csv_response("audit.csv", COLUMNS, _rows(_chosen(AuditFilter(request.GET))))


@require_safe
@never_cache
@allow(Role.AUTHORITY, Role.AUDITOR)
def log_xlsx(request: HttpRequest) -> HttpResponse:
    """Return the chosen lines as a workbook; more than a sheet holds are refused, not cut off."""
    lines = _chosen(AuditFilter(request.GET))
    if lines.count() >= MOST_ROWS:  # taking the file adds a line
        sentence = _("A sheet holds %(most)s lines. Choose fewer days, or take the CSV.")
        messages.error(request, sentence % {"most": number_format(MOST_ROWS)})
        return redirect(f"{reverse('accounts:audit_log')}?{request.GET.urlencode()}")
    audit.record(staff_of(request), "audit.export")
    return workbook_response("audit.xlsx", COLUMNS, _rows(lines))


def _rows(lines: QuerySet[AuditLine]) -> Iterator[tuple[object, ...]]:
    """Yield the lines as rows of a file, the oldest first."""
    for line in lines.order_by("id").iterator():
        chain = bytes(line.chain).hex()
        yield line.pk, line.on, line.actor, line.action, _in_words(line), chain


def _chosen(form: AuditFilter) -> QuerySet[AuditLine]:
    """Return the lines that a filter lets through; what was typed wrongly filters nothing."""
    form.is_valid()
    lines = AuditLine.objects.all()
    wish = form.cleaned_data
    if wish.get("actor"):
        lines = lines.filter(actor=wish["actor"])
    if wish.get("action"):
        lines = lines.filter(action__startswith=wish["action"])
    if wish.get("since"):
        lines = lines.filter(on__gte=wish["since"])
    if wish.get("until"):
        lines = lines.filter(on__lte=wish["until"])
    return lines


def _in_words(line: AuditLine) -> str:
    """Return what an action was about, as ``name: value`` pairs."""
    return ", ".join(
        f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for name, value in line.facts.items()
    )
