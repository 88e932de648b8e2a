"""What the page of campaigns asks before a step that cannot be undone."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from espi.contact.dispatch.models import Campaign
from espi.contact.fieldwork.recipients import campaign_cost
from espi.design.models import Wave
from espi.platform.confirming import Question


def confirmation_of(step: str, wave: Wave) -> Question | None:
    """Return what is asked before a step of the page; nothing where it can be undone.

    Args:
        step: ``open``, or the kind of a campaign; every other step can be undone.
        wave: whose page it is.
    """
    if step == "open":
        return _open_fieldwork(wave)
    if step in Campaign.Kind.values and wave.phase == Wave.Phase.FIELD:
        planned = Campaign.objects.filter(wave_code=wave.code, kind=step).exists()
        return None if planned else _send(Campaign.Kind(step), wave)
    return None


def _open_fieldwork(wave: Wave) -> Question:
    return Question(
        title=_("Open fieldwork?"),
        consequences=(
            _("From now on every code gets its stamp; keys and invitations no longer change."),
            _("Until the box is open, too, people are asked to try again later."),
        ),
        button=_("Open fieldwork"),
        back=reverse("fieldwork:campaigns", args=[wave.code]),
    )


def _send(kind: Campaign.Kind, wave: Wave) -> Question:
    cost = campaign_cost(wave)
    return Question(
        title=_("Send: %(what)s?") % {"what": kind.label},
        consequences=(
            _("%(phones)s people are written to by WhatsApp first, %(mails)s by e-mail.")
            % {"phones": cost.by_whatsapp, "mails": cost.by_email},
            _("It costs about %(cost)s US dollars.") % {"cost": cost.us_dollars},
            _("What has been sent cannot be called back."),
        ),
        button=_("Send: %(what)s") % {"what": kind.label},
        back=reverse("fieldwork:campaigns", args=[wave.code]),
    )
