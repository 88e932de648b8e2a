"""What is to be done in a wave of the registry, in order: by whom, and on which page or how.

Read from what there is; nobody ticks anything off. The first step that is not done is the one for
which the wave waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from espi.contact.dispatch.models import Campaign
from espi.contact.frame.queries import lists_of
from espi.contact.invitations.models import DirectoryCommitment, Invitation
from espi.contact.sampling.queries import throws_of
from espi.design.models import Wave
from espi.design.steps import Step, in_order

Phase = Wave.Phase


def steps_of(wave: Wave, today: date) -> list[Step]:
    """Return the steps of a wave, in order."""
    before = [*_lists_and_draw(wave), *_preparation(wave)]
    steps = [*before, *_fieldwork(wave), *_closing(wave, today)]
    return in_order(steps)


def _lists_and_draw(wave: Wave) -> Iterator[Step]:
    authority = _("Survey authority")
    delivered, wanted = _lists(wave)
    thrown = [throw.by for throw in throws_of(wave)]
    yield Step(
        what=_("Settle the design"),
        who=authority,
        done=wave.has_reached(Phase.FRAMES),
        view="design:waves",
    )
    yield Step(
        what=_("Deliver and mend the population lists"),
        who=_("Agency liaison"),
        done=wave.has_reached(Phase.COMMITTED),
        view="frame:lists",
        detail=_("%(delivered)s of %(wanted)s lists") % {"delivered": delivered, "wanted": wanted},
    )
    yield Step(
        what=_("Fix the lists, so that nobody can change them after the draw is known"),
        who=authority,
        done=wave.has_reached(Phase.COMMITTED),
        view="sampling:draw",
    )
    yield Step(
        what=_("Throw the dice for the seed"),
        who=_("Two people"),
        done=len(thrown) > 1 or wave.has_reached(Phase.DRAWN),
        view="sampling:draw",
        detail=", ".join(thrown),
    )
    yield Step(
        what=_("Draw the sample"),
        who=authority,
        done=wave.has_reached(Phase.DRAWN),
        view="sampling:draw",
    )


def _lists(wave: Wave) -> tuple[int, int]:
    """Return how many lists have come in, and how many are wanted."""
    drawn = {
        (stratum.agency_id, stratum.group)
        for stratum in wave.strata.all()
        if stratum.channel == stratum.Channel.SAMPLE
    }
    wanted = [state for state in lists_of(wave) if (state.agency.pk, state.group) in drawn]
    return sum(1 for state in wanted if state.uploads), len(wanted)


def _preparation(wave: Wave) -> Iterator[Step]:
    operator, signer = _("Operator"), _("Operator of the signer")
    keys = wave.key_strata.all()
    without = sum(1 for key in keys if not key.public_key)
    exported = DirectoryCommitment.objects.filter(wave=wave).exists()
    yield Step(
        what=_("Make the key that opens the ballots, and hand over its public half"),
        who=_("Trustees"),
        done=bool(wave.election_key),
        commands=(
            "espi trustees create FOLDER",
            f"espi --wave {wave.code} design election-key FOLDER/election-key.json",
        ),
    )
    yield Step(
        what=_("Issue the invitations"),
        who=operator,
        done=Invitation.objects.filter(wave=wave, origin=Invitation.Origin.SAMPLE).exists(),
        commands=(f"espi --wave {wave.code} invitations issue",),
    )
    yield Step(
        what=_("Make the signing keys"),
        who=signer,
        done=exported or (wave.has_reached(Phase.DRAWN) and not without),
        commands=(
            f"espi --wave {wave.code} keys request request.json",
            "espi signer keys request.json public-keys.json",
            f"espi --wave {wave.code} keys import public-keys.json",
        ),
    )
    yield Step(
        what=_("Fix keys and invitations in the public log, and carry them to signer and box"),
        who=operator,
        done=exported,
        commands=(
            f"espi --wave {wave.code} directory export FOLDER …",
            f"espi signer admit {wave.code} FOLDER/for-the-signer.csv",
            f"espi --wave {wave.code} directory import FOLDER",
        ),
    )


def _fieldwork(wave: Wave) -> Iterator[Step]:
    contractor = _("Fieldwork contractor")
    sent = set(Campaign.objects.filter(wave_code=wave.code).values_list("kind", flat=True))
    yield Step(
        what=_("Publish the booth and let the box take ballots; then open fieldwork"),
        who=_("Operator, then the survey authority"),
        done=wave.has_reached(Phase.FIELD),
        view="fieldwork:campaigns",
        commands=(
            "espi booth publish FOLDER/directory.json BOOTH",
            f"espi --bank response --wave {wave.code} design phase field",
        ),
    )
    yield Step(
        what=_("Send the invitations"),
        who=contractor,
        done=Campaign.Kind.INVITATION in sent,
        view="fieldwork:campaigns",
    )
    yield Step(
        what=_("Remind those who have not finished"),
        who=contractor,
        done=Campaign.Kind.REMINDER in sent or wave.has_reached(Phase.CLOSED),
        view="fieldwork:campaigns",
    )


def _closing(wave: Wave, today: date) -> Iterator[Step]:
    left = (wave.closes_on - today).days
    yield Step(
        what=_("Close fieldwork for good"),
        who=_("Two people"),
        done=wave.has_reached(Phase.CLOSED),
        view="fieldwork:closing",
        detail=_("%(days)s days left") % {"days": left} if left > 0 else "",
    )
    yield Step(
        what=_(
            "Destroy the signing keys, close and seal the box; opening and results follow there"
        ),
        who=_("Operators of signer and box"),
        done=False,
        commands=(
            f"espi signer close {wave.code} CLOSING",
            f"espi --wave {wave.code} box close",
            f"espi --wave {wave.code} box seal CLOSING",
        ),
    )
