"""What a message says that it is about."""

from __future__ import annotations

import pytest

from espi.contact.fieldwork.recipients import one_line, recipients
from espi.contact.frame.models import Person
from espi.design.models import Agency, ServiceArea
from tests.contact.field import wave_in_field


@pytest.fixture
def wave(db):
    return wave_in_field(people=1)


def about(wave, **cells):
    """Return the service in the message to the one person of the wave."""
    Person.objects.update(**cells)
    [recipient] = recipients(wave)
    return recipient.variables["layanan"]


@pytest.mark.parametrize(("language", "name"), [("id", "Layanan KTP"), ("en", "Identity cards")])
def test_a_service_is_called_as_in_the_register_in_the_language_of_the_person(wave, language, name):
    """However the list spelled it."""
    ServiceArea.objects.create(
        wave=wave, agency=Agency.objects.get(), group="internal", code="ktp",
        name={"id": "Layanan\nKTP", "en": "Identity  cards"}, category="civil-registry",
    )  # fmt: skip
    wave.invitation_set.update(language=language)

    assert about(wave, area="ktp", service="urus ktp") == name


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ({"service": "Izin\tusaha\n mikro"}, "Izin usaha mikro"),
        ({"service": "\r\n", "unit": "Dinas" + 5 * " " + "Pasar"}, "Dinas Pasar"),
        ({"service": "", "unit": ""}, "pegawai"),
        ({"service": "SIUP", "area": "unheard-of"}, "SIUP"),
    ],
)
def test_without_a_register_the_list_names_the_service_in_one_line(wave, cells, name):
    """WhatsApp refuses line breaks, tabs and five blanks in the values of a template."""
    assert about(wave, **cells) == name


def test_no_value_of_a_template_has_a_line_break(wave):
    Agency.objects.update(name="Kab\n\tX")
    [recipient] = recipients(wave)

    assert recipient.variables["instansi"] == "Kab X"
    assert all(text == one_line(text) for text in recipient.variables.values())
