"""Shares and probabilities in whole per cent, as pages and reports write them."""

from __future__ import annotations

from django.template.defaultfilters import floatformat

ALMOST_CERTAIN = 0.99


def percent(share: float | None) -> str:
    """Return a share of 0–1 in whole per cent; "" for none."""
    return "" if share is None else f"{floatformat(100 * share, 0)} %"


def chance(probability: float | None) -> str:
    """Return a probability in whole per cent; an estimate is never certain."""
    if probability is not None and probability > ALMOST_CERTAIN:
        return f"> {percent(ALMOST_CERTAIN)}"
    return percent(probability)
