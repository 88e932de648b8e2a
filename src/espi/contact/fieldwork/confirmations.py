"""What the page of invitations asks before a step that cannot be undone."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from espi.contact.dispatch.models import Campaign
from espi.contact.fieldwork.recipients import estimate
from espi.design.models import Wave
from espi.platform.confirming import Question


def before(deed: str, wave: Wave) -> Question | None:
    """Return what is asked before a deed of the page; nothing where it can be undone."""
    if deed == "open":
        return _open(wave)
    if deed in Campaign.Kind.values and wave.phase == Wave.Phase.FIELD:
        planned = Campaign.objects.filter(wave_code=wave.code, kind=deed).exists()
        return None if planned else _send(Campaign.Kind(deed), wave)
    return None


def _open(wave: Wave) -> Question:
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
    told = estimate(wave)
    return Question(
        title=_("Send: %(what)s?") % {"what": kind.label},
        consequences=(
            _("%(phones)s people are written to by WhatsApp first, %(mails)s by e-mail.")
            % {"phones": told["whatsapp"], "mails": told["email"]},
            _("It costs about %(cost)s US dollars.") % {"cost": told["cost"]},
            _("What has been sent cannot be called back."),
        ),
        button=_("Send: %(what)s") % {"what": kind.label},
        back=reverse("fieldwork:campaigns", args=[wave.code]),
    )
