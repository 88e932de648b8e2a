"""Refusals of actions upon a wave and its design."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from espi.platform.errors import Refusal


class NoWave(Refusal):
    """The bank holds no wave yet."""

    sentence = _("No wave has been loaded yet. Load one with: espi --bank BANK design load FOLDER")


class NoSuchWave(Refusal):
    """This bank has no wave of the code that was given."""

    sentence = _("This bank has no wave %(code)s. It has: %(codes)s.")


class SeveralWaves(Refusal):
    """Several waves could be meant; the command or address must name one."""

    sentence = _(
        "There are several waves here (%(codes)s). Say which one you mean: on the command line "
        "with --wave CODE, on a page by its address, which begins with the code."
    )


class DesignFileFaulty(Refusal):
    """A file of the design folder is missing or cannot be understood."""

    sentence = _("The design file %(file)s cannot be used: %(reason)s.")


class WaveAlreadyStarted(Refusal):
    """The design of a wave is frozen once the wave takes lists or ballots."""

    sentence = _("Wave %(wave)s is past its design; its strata and instruments no longer change.")


class PhaseOutOfOrder(Refusal):
    """A wave moves one phase at a time."""

    sentence = _("Wave %(wave)s is in the phase “%(phase)s”; it cannot go to “%(to)s” from there.")


class WaveCodeMistyped(Refusal):
    """An action that cannot be undone asks for the code of the wave, to prevent mistakes."""

    sentence = _("Type the code of the wave, %(wave)s, to say which one you mean.")


class ClosingNotAsked(Refusal):
    """A closing is confirmed only after another person has asked for it."""

    sentence = _(
        "Nobody has asked to close wave %(wave)s in the last three days. Ask for it first; then a "
        "second person confirms."
    )


class SecondPersonNeeded(Refusal):
    """The person who asked for a closing, or for dropping an agency, may not confirm it."""

    sentence = _("%(who)s asked for this; a second person must confirm it.")


class PhaseHasItsCommand(Refusal):
    """The phase is reached by another command, which does more than change the phase."""

    sentence = _(
        "A wave is not moved to “%(to)s” by hand: the command or page of that step does it. This "
        "command moves a wave to frames (contact bank) or field (response bank)."
    )


class EndsEarly(Refusal):
    """The calendar of the wave still gives people time to answer."""

    sentence = _(
        "Wave %(wave)s runs until %(day)s, %(left)s more days. Whoever has not answered could do "
        "so no more. If it is to end today all the same, add: --early"
    )


class KeysNotThere(Refusal):
    """The box cannot check a signature without the key directory."""

    sentence = _(
        "Wave %(wave)s has no key directory in this bank yet. Take it in with: "
        "espi directory import FILE"
    )


class AgencyNotInWave(Refusal):
    """The wave assesses no agency of this code."""

    sentence = _("Wave %(wave)s has no agency “%(agency)s”. See the page of its design.")


class AgencyDropped(Refusal):
    """The wave goes on without the agency already."""

    sentence = _("The wave goes on without %(agency)s already; nothing was changed.")


class WaveNotDropping(Refusal):
    """In its design a wave changes its files instead; what is released or drawn stays."""

    sentence = _(
        "Wave %(wave)s is in the phase “%(phase)s”, in which this cannot be changed. In the "
        "design, change agencies.csv and strata.csv instead; a release is withdrawn first."
    )


class DropNotAsked(Refusal):
    """Dropping an agency is confirmed only after another person has asked for it."""

    sentence = _(
        "Nobody has asked in the last three days to go on without %(agency)s. Ask for it first; "
        "then a second person confirms."
    )


class ReasonIncomplete(Refusal):
    """The public reads the reason in both languages."""

    sentence = _("Give the reason in Indonesian and in English, at most %(most)s characters each.")


class LastAgency(Refusal):
    """A wave without agencies has nothing to draw from."""

    sentence = _("%(agency)s is the last agency of the wave; without it nothing would be left.")


class NotOfTheAuthority(Refusal):
    """Only active members of the authority decide about the agencies of a wave."""

    sentence = _("%(who)s is no active member of the authority. See: espi staff list")


class RegisterFrozen(Refusal):
    """Lists name the codes of the register, and what was committed to stays."""

    sentence = _(
        "Wave %(wave)s is in the phase “%(phase)s”; there the service area “%(area)s” of "
        "%(agency)s cannot be changed so. Once lists are taken no area is removed; once they are "
        "closed only names, units and spellings are mended; once results are out nothing changes."
    )
