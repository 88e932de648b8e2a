"""Sentences on how respondents were protected: only what the protocol lets us promise."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from espi.method.disclosure.cells import shown_count
from espi.response.ballotbox.queries import opening_of
from espi.response.publication.models import Release

ASSISTED = "assisted"


@dataclass(frozen=True, slots=True)
class Protection:
    """How a wave protected its respondents, for pages and reports.

    Attributes:
        level: L1, L2 or L3.
        sentences: what the protocol lets us promise at this level.
    """

    level: str
    sentences: tuple[str, ...]


def protection_of(release: Release) -> Protection:
    """Return level and sentences of a released wave."""
    wave = release.wave
    sentences = [
        _("Envelopes were opened after the closing, by two of three trustees together."),
        sentence_of(wave.level),
    ]
    opening = opening_of(wave)
    if opening is None:
        return Protection(wave.level, tuple(sentences))
    assisted = opening.report.get("modes", {}).get(ASSISTED, 0)
    if assisted:  # openings of earlier versions report small counts as they are
        n = assisted if isinstance(assisted, str) else shown_count(assisted, wave.minimum_cell)
        sentences.append(
            _("Answers given on browsers without script, locked by a server (L0): %(n)s.")
            % {"n": n}
        )
    if opening.transcript_digest:
        sentences.append(
            _(
                "Planted answers that came out of the opening as given: %(n)s. Transcript: "
                "%(digest)s"
            )
            % {"n": opening.planted, "digest": opening.transcript_digest}
        )
    return Protection(wave.level, tuple(sentences))


def sentence_of(level: str) -> str:
    """Return who could link what to whom at a level, as a sentence (docs/protocol/v1.md)."""
    if level == "L2":
        return _(
            "Level L2: the ballot box was run by another body. Only both bodies together, "
            "recording times deliberately, could have linked a person to a locked envelope, not "
            "to what is in it."
        )
    if level == "L3":
        return _(
            "Level L3: the ballot box, and the relay in front of it, were run by other bodies; the "
            "box did not see where an envelope came from."
        )
    return _(
        "Level L1: one operator ran all computers. What was stored does not show whose an envelope "
        "is; an operator who deliberately recorded times could have linked a person to a locked "
        "envelope, not to what is in it."
    )
