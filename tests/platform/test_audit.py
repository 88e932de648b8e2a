from __future__ import annotations

import pytest

from espi.platform import audit
from espi.platform.models import AuditLine

pytestmark = pytest.mark.django_db


def test_lines_follow_from_each_other():
    """Two deeds make two lines, and the chain holds."""
    audit.record("sari", "sampling.draw", wave="w", seed=7)
    audit.record(None, "dispatch.tick")

    assert audit.first_broken_line() is None
    assert AuditLine.objects.count() == 2


@pytest.mark.parametrize("change", [{"actor": "budi"}, {"facts": {"seed": 8}}, {"deed": "x"}])
def test_an_altered_line_is_found(change):
    """Whatever is changed in a line, the chain breaks there."""
    audit.record("sari", "sampling.draw", wave="w", seed=7)
    audit.record("sari", "sampling.close")
    first = AuditLine.objects.order_by("id").first()
    AuditLine.objects.filter(pk=first.pk).update(**change)

    assert audit.first_broken_line() == first


def test_a_line_taken_away_is_found():
    """The line after a gap does not follow from the one before it."""
    lines = [audit.record("sari", "deed", number=n) for n in range(3)]
    lines[1].delete()

    assert audit.first_broken_line() == lines[2]
