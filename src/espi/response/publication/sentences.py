"""One sentence on a page of results: what other sites show beside a link to it."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from espi.method.index.released import ReleasedAgency, ReleasedWave
from espi.response.estimation.reasons import reason_withheld


def national_sentence(results: ReleasedWave) -> str:
    """Return the national figure with its interval as one sentence; "" where there is none."""
    national = results.national
    if national is None:
        return ""
    return _(
        "National index %(index)s (95 %% interval %(low)s to %(high)s), %(agencies)s agencies."
    ) % {
        "index": number_format(national.index, 2),
        "low": number_format(national.ci_low, 2),
        "high": number_format(national.ci_high, 2),
        "agencies": national.agencies,
    }


def agency_sentence(agency: ReleasedAgency) -> str:
    """Return the index of an agency with its interval as one sentence, or why there is none."""
    headline = agency.headline
    if headline is None:
        return reason_withheld(agency.withheld)
    return _("Index %(index)s (95 %% interval %(low)s to %(high)s).") % {
        "index": number_format(headline.index, 2),
        "low": number_format(headline.ci_low, 2),
        "high": number_format(headline.ci_high, 2),
    }
