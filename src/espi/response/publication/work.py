"""What is to be done in a wave of the response bank, in order: by whom, and on which page or how.

Read from what there is; nobody ticks anything off.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from espi.design.models import Wave
from espi.design.steps import Step, in_order
from espi.response.estimation.models import Correction
from espi.response.publication.models import Release

Phase = Wave.Phase


def steps_of(wave: Wave) -> list[Step]:
    """Return the steps of a wave, in order."""
    return in_order([*_ballots(wave), *_results(wave)])


def _ballots(wave: Wave) -> Iterator[Step]:
    operator, here = _("Operator"), f"--wave {wave.code}"
    keys = bool(wave.election_key) and not wave.key_strata.filter(public_key="").exists()
    yield Step(
        what=_("Take over the keys and the counts of people from the registry"),
        who=operator,
        done=keys,
        commands=(f"espi {here} directory import FOLDER", f"espi {here} tallies import FILE"),
    )
    yield Step(
        what=_("Let the box take ballots"),
        who=operator,
        done=wave.has_reached(Phase.FIELD),
        view="design:waves",
    )
    yield Step(
        what=_("Close the box, a week after the registry has closed"),
        who=_("Two people"),
        done=wave.has_reached(Phase.CLOSED),
        view="ballotbox_staff:box",
    )
    yield Step(
        what=_("Seal the log, and open the ballots on a machine without network"),
        who=_("Trustees"),
        done=wave.has_reached(Phase.OPENED),
        commands=(
            f"espi {here} box seal CLOSING",
            f"espi {here} box export BOX",
            "espi opening open BOX OUT",
            f"espi {here} opening take OUT",
        ),
    )


def _results(wave: Wave) -> Iterator[Step]:
    authority = _("Survey authority")
    waiting = Correction.objects.filter(wave=wave, state=Correction.State.PROPOSED).count()
    proposed = wave.releases.filter(state=Release.State.PROPOSED).first()
    yield Step(
        what=_("Decide on the corrections"),
        who=_("Two people"),
        done=wave.has_reached(Phase.OPENED) and not waiting,
        view="estimation:corrections",
        detail=_("%(count)s wait for a decision") % {"count": waiting} if waiting else "",
    )
    yield Step(
        what=_("Compute the results"),
        who=authority,
        done=wave.has_reached(Phase.ESTIMATED),
        view="estimation:runs",
    )
    yield Step(
        what=_("Release the results"),
        who=_("Two people"),
        done=wave.phase == Phase.RELEASED,
        view="publication:release",
        detail=_("proposed by %(who)s") % {"who": proposed.proposed_by} if proposed else "",
    )
