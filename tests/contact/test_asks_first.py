"""A press on a page does nothing that cannot be undone before the page has said what it means."""

from __future__ import annotations

import pytest

from espi.accounts.models import Staff
from espi.contact.dispatch.models import Campaign
from espi.contact.sampling.models import DiceThrow, FrameCommitment, SampleDraw
from espi.design.models import Wave
from tests.contact.test_every_page import bare, committed, drawn, field, lists

pytestmark = pytest.mark.django_db
DICE = "6543216543216543216543"
STEPS = {
    "design": (bare, "/rancangan/uji", {}),
    "lists": (lists, "/uji/penarikan/komitmen", {}),
    "dice": (committed, "/uji/penarikan/dadu", {"throws": DICE}),
    "draw": (committed, "/uji/penarikan", {"seed": "1", "source": "suar"}),
    "field": (drawn, "/uji/undangan", {"step": "open"}),
    "campaign": (field, "/uji/undangan", {"step": "reminder"}),
}


def everything():
    """Return what these steps would change."""
    return (
        list(Wave.objects.values_list("code", "phase")),
        FrameCommitment.objects.count(),
        DiceThrow.objects.count(),
        SampleDraw.objects.count(),
        Campaign.objects.count(),
    )


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_press_asks_first(client, step, language):
    """The page says the consequences, keeps what was entered, and changes nothing."""
    make, path, sent = STEPS[step]
    make()
    before = everything()
    client.force_login(Staff.objects.create(username="otoritas", role="authority"))
    answer = client.post(f"{path}?lang={language}", sent)
    page = answer.content.decode()

    assert answer.status_code == 200
    assert '<input type="hidden" name="confirmed" value="yes">' in page
    assert page.count("<li>") >= 2
    for name, value in sent.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert everything() == before
