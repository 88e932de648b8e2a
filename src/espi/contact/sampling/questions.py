"""The questions that the pages of the draw ask before a step that cannot be undone."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from espi.design.models import Wave
from espi.platform.confirming import Question


def commit(wave: Wave) -> Question:
    """Ask before the lists are closed."""
    return Question(
        title=_("Close the lists?"),
        consequences=(
            _("No list is taken any more, not even a mended one."),
            _("Who is not on a list now cannot be drawn in this wave."),
            _("The digest is for everybody to note; it does not change any more."),
        ),
        button=_("Close the lists and commit to them"),
        back=reverse("sampling:draw", args=[wave.code]),
    )


def dice(wave: Wave, throws: str) -> Question:
    """Ask before somebody's dice become part of the seed."""
    return Question(
        title=_("Add these dice?"),
        consequences=(
            _("Your throws: %(throws)s") % {"throws": throws},
            _("They become part of the seed and cannot be changed or thrown again."),
        ),
        button=_("Add my dice"),
        back=reverse("sampling:draw", args=[wave.code]),
    )


def draw(wave: Wave) -> Question:
    """Ask before the sample is drawn."""
    return Question(
        title=_("Draw the sample now?"),
        consequences=(
            _("There is one draw in a wave; it is never repeated."),
            _("Have all dice been thrown? None can be added afterwards."),
        ),
        button=_("Draw once and for all"),
        back=reverse("sampling:draw", args=[wave.code]),
    )
