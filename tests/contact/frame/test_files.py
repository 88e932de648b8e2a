"""Broken, empty, huge, wrongly encoded and macro-laden files."""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO

import pytest

from espi.contact.frame import errors, spreadsheet
from espi.contact.frame.columns import COLUMNS
from espi.contact.frame.models import Person, Upload
from tests.contact.frame.lists import as_csv, as_xlsx, open_wave, row, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def wave():
    return open_wave()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_csv_is_read_whatever_its_making(wave, delimiter, encoding):
    """Encodings and separators of every office are understood; accents survive."""
    upload = take(wave, as_csv([row(wave, nama="Renée Contoh")], delimiter, encoding))

    assert upload.accepted == 1
    assert Person.objects.get().name == "Renée Contoh"


def test_a_workbook_is_read(wave):
    """Numbers typed as numbers lose no digit, dates of the spreadsheet are dates."""
    cells = row(wave, nomor_whatsapp=6289900000001, mulai_bekerja=43525)
    upload = take(wave, as_xlsx([cells]))

    person = Person.objects.get()
    assert upload.accepted == 1
    assert (person.phone, person.started_on.isoformat()) == ("+6289900000001", "2019-03-01")


def packed(**files):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def bomb():
    """A workbook that says of itself to be larger than anything that is read."""
    content = packed(xl__sheet=b"0" * 1000)
    size = struct.pack("<I", 1000)
    huge = struct.pack("<I", 900 * 1024 * 1024)
    return content.replace(size, huge)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", errors.FileEmpty),
        (b"  \n\n ", errors.FileEmpty),
        ((",".join(COLUMNS) + "\n").encode(), errors.FileEmpty),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", errors.NotASpreadsheet),
        (b"%PDF-1.7\n%...", errors.ColumnsMissing),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, errors.WorkbookUnreadable),
        (packed(readme__txt=b"hello"), errors.NotASpreadsheet),
        (packed(xl__vbaProject_bin=b"x", xl__workbook=b"x"), errors.HasMacros),
        (packed(xl__workbook_xml=b"<broken"), errors.WorkbookUnreadable),
        (b"PK\x03\x04 and nothing more", errors.WorkbookUnreadable),
        (bomb(), errors.FileTooLarge),
        (b"nama,email\nSari,sari@contoh.example\n", errors.ColumnsMissing),
        ("\ufeffnama\n".encode("utf-16-le"), errors.ColumnsMissing),
        (b"\xff\xfe\x00", errors.UnreadableText),
    ],
)
def test_a_file_that_is_no_list_is_refused(wave, content, refusal):
    """Judged by its content; the sentence says what to do, and nothing is kept."""
    with pytest.raises(refusal) as refused:
        take(wave, content)
    assert len(str(refused.value)) > 30
    assert Upload.objects.count() == Person.objects.count() == 0


def test_missing_columns_are_named_with_those_found(wave):
    """The liaison sees which columns to add and what the file has instead."""
    with pytest.raises(errors.ColumnsMissing) as refused:
        take(wave, b"nama;surel;unit kerja\nSari;s@contoh.example;Dinas\n")
    assert refused.value.facts["missing"].startswith("nomor_whatsapp")
    assert refused.value.facts["found"] == "nama, surel, unit kerja"


def test_usual_names_of_columns_are_understood(wave):
    """No. HP, surel and unit kerja are the columns of the template."""
    content = as_csv([row(wave)]).decode()
    renamed = content.replace("nomor_whatsapp", "No. HP").replace("email", "Surel", 1)

    assert take(wave, renamed.replace("unit,", "Unit Kerja,", 1).encode()).accepted == 1


def test_a_list_that_is_too_long_is_refused(wave, monkeypatch):
    """The number of rows and the most that can be read are in the sentence."""
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 2)

    with pytest.raises(errors.TooManyRows, match="3"):
        take(wave, as_csv([row(wave, number) for number in range(3)]))


def test_a_file_that_is_too_large_is_refused(wave, settings):
    """Before anything is unpacked."""
    settings.LARGEST_LIST = 0

    with pytest.raises(errors.FileTooLarge):
        take(wave, as_csv([row(wave)]))


def test_the_same_file_twice_is_refused_kindly(wave):
    """Pressing twice adds nothing."""
    content = as_csv([row(wave)])
    take(wave, content)

    with pytest.raises(errors.AlreadyUploaded):
        take(wave, content)
    assert Person.objects.count() == 1


@pytest.mark.parametrize(("agency", "group"), [("kab-lain", "internal"), ("kab-contoh-jaya", "x")])
def test_an_unknown_list_is_refused(wave, agency, group):
    """There is no such agency, or no such group."""
    with pytest.raises(errors.UnknownList):
        take(wave, as_csv([row(wave)]), agency=agency, group=group)


def test_a_closed_frame_takes_no_list(wave):
    """After the draw nobody is added."""
    wave.phase = "drawn"
    wave.save()

    with pytest.raises(errors.FrameClosed):
        take(wave, as_csv([row(wave)]))
