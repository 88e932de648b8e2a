"""A published draw is checked without Django, and nothing in it can be changed unnoticed."""

from __future__ import annotations

import csv
import json
import shutil
from io import StringIO
from random import Random

import pytest

from espi.contact.frame.models import Person
from espi.contact.sampling import commands
from espi.contact.sampling.models import FrameSalt, SampleCase
from espi.contact.sampling.queries import agencies_of, frame_units
from espi.draw import canonical
from espi.draw import commands as checks
from espi.draw.commitment import units_digest
from espi.draw.dice import Throw, seed_of
from espi.draw.errors import DrawError
from espi.draw.verify import FILES, manifest, verify
from tests.contact.frame.lists import open_wave
from tests.contact.sampling.draws import (
    DICE,
    edited,
    espi,
    files_of,
    fill,
    publish_drawn,
    shrink,
    verify_alone,
    with_manifest,
)

PEOPLE = 120  # in each stratum: more than are invited
POSITIONS = 120  # in each file, beside its first and last bytes


@pytest.fixture
def drawn_in_bank(db, tmp_path):
    """Return the folder of a published draw and its noted digest, with the bank that it is of."""
    fill(shrink(open_wave()), people=PEOPLE)
    folder = tmp_path / "draw"
    return folder, publish_drawn(folder)


@pytest.fixture(scope="module")
def published(scratch_database):
    """Publish a draw once, for all tests that look at its files alone."""
    with scratch_database() as folder:
        fill(shrink(open_wave()), people=PEOPLE)
        noted = publish_drawn(folder / "draw")
    return folder / "draw", noted


@pytest.fixture
def drawn(published, tmp_path):
    """Return a copy of a published draw and the digest that was noted before the seed."""
    folder, noted = published
    return shutil.copytree(folder, tmp_path / "draw"), noted


def test_anybody_can_check_the_draw_without_django(drawn):
    """A machine with the folder alone says what was checked, agency by agency."""
    folder, noted = drawn
    done = verify_alone("verify", folder, "--root", noted)

    assert done.returncode == 0, done.stderr
    assert "kab-contoh-jaya" in done.stdout
    assert "kota-contoh" in done.stdout
    assert noted in done.stdout
    assert all(f"{name}: {throws}" in done.stdout for name, throws in DICE)


def test_a_wrong_folder_ends_with_one_and_a_sentence(drawn):
    """The exit code is for machines, the sentence for people."""
    folder, _noted = drawn
    path = folder / "frame.csv"
    path.write_bytes(path.read_bytes()[:-1])
    done = verify_alone("verify", folder)

    assert done.returncode == 1
    assert "frame.csv" in done.stderr


def test_the_noted_digest_must_fit(drawn):
    """A whole other draw, right in itself, does not pass for the noted one."""
    folder, noted = drawn
    assert "not the noted one" in espi(checks.verify, folder, "--root", "0" * 64, ok=False)
    espi(checks.verify, folder, "--root", noted.upper())


@pytest.mark.parametrize("name", FILES)
def test_one_changed_byte_anywhere_is_refused(drawn, name):
    """Changed, lost or added: at many places of each file."""
    files, rng = files_of(drawn[0]), Random(7)
    content = files[name]
    places = {0, 1, len(content) - 1, *(rng.randrange(len(content)) for _ in range(POSITIONS))}
    for at in sorted(places):
        for other in (
            content[:at] + bytes([content[at] ^ 1 << rng.randrange(8)]) + content[at + 1 :],
            content[:at] + content[at + 1 :],
            content[:at] + b" " + content[at:],
        ):
            with pytest.raises(DrawError):
                verify(files | {name: other})
    with pytest.raises(DrawError):
        verify(files | {name: content + b"\n"})
    verify(files)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(drawn, name):
    """All four or nothing."""
    (drawn[0] / name).unlink()
    assert name in espi(checks.verify, drawn[0], ok=False)


@pytest.mark.parametrize("name", ["roots.json", "draw.json"])
def test_a_changed_byte_with_a_new_manifest_is_refused_in_words(drawn, name):
    """Whatever the file has become, the check says so; only the day of the draw is a statement."""
    files, rng = files_of(drawn[0]), Random(11)
    content = files[name]
    day = content.find(b'"drawn_on"')
    statement = range(day, day + 26) if day >= 0 else ()
    for at in sorted({rng.randrange(len(content)) for _ in range(2 * POSITIONS)} - {*statement}):
        other = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        forged = files | {name: other}
        forged["manifest.json"] = manifest("latihan-2026", forged)
        with pytest.raises(DrawError):
            verify(forged)


def before_the_commitment(value):
    value["drawn_on"] = "2020-01-01"


def no_day(value):
    value["drawn_on"] = "today"


def rows(files):
    return [tuple(row) for row in csv.reader(StringIO(files["frame.csv"].decode()))][1:]


def with_frame(files, changed):
    return with_manifest(
        files | {"frame.csv": canonical.table(("agency", "stratum", "unit"), changed)}
    )


def test_an_altered_frame_is_refused_even_with_a_new_manifest(drawn):
    """Somebody left out, put in, exchanged or moved: the draw root does not fit."""
    files = files_of(drawn[0])
    all_rows = rows(files)
    first = all_rows[0]
    other = next(row[1] for row in all_rows if row[0] == first[0] and row[1] != first[1])
    for changed in (
        all_rows[1:],
        [*all_rows, (first[0], first[1], "0" * 64)],
        [(first[0], first[1], "0" * 64), *all_rows[1:]],
        [(first[0], other, first[2]), *all_rows[1:]],
        [("x", first[1], first[2]), *all_rows[1:]],
        [(first[0], first[1], all_rows[1][2]), *all_rows[1:]],
    ):
        with pytest.raises(DrawError, match=r"frame\.csv"):
            verify(with_frame(files, changed))


def change_seed(value):
    value["seed"] = "1" * 64


def change_rule(value):
    value["rule"]["margin_of_error"] = 0.2


def change_drawn(value):
    value["strata"][0]["drawn"] = "0" * 64


def change_invited(value):
    value["strata"][-1]["invited"] += 1


def change_population(value):
    value["strata"][0]["population"] -= 1


def change_members(value):
    value["strata"][0]["members"] = []


def drop_stratum(value):
    value["strata"].pop()


def add_field(value):
    value["note"] = ""


def change_throws(value):
    value["ceremony"]["throws"][0]["throws"] = "6" * 20


def swap_throws(value):
    value["ceremony"]["throws"].reverse()


def one_thrower(value):
    value["ceremony"]["throws"].pop()
    value["seed"] = seed_of([Throw(**one) for one in value["ceremony"]["throws"]])


def another_seed_with_its_dice(value):
    value["ceremony"]["throws"][1]["throws"] = "6" * 20
    value["seed"] = seed_of([Throw(**one) for one in value["ceremony"]["throws"]])


def change_root(value):
    value["root"] = "0" * 64


@pytest.mark.parametrize("change", [
    change_seed, change_rule, change_drawn, change_invited, change_population, change_members,
    drop_stratum, add_field, change_throws, swap_throws, one_thrower, another_seed_with_its_dice,
    change_root, before_the_commitment, no_day,
])  # fmt: skip
def test_a_forged_record_is_refused_even_with_a_new_manifest(drawn, change):
    """Every statement of draw.json follows from the frame, the rule and the seed."""
    with pytest.raises(DrawError, match=r"draw\.json"):
        verify(edited(files_of(drawn[0]), "draw.json", change))


def roots_rule(value):
    value["rule"]["margin_of_error"] = 0.2


def roots_zero(value):
    value["rule"]["margin_of_error"] = 1e-200


def roots_count(value):
    value["agencies"][0]["strata"][0]["eligible"] += 1


def roots_list(value):
    value["agencies"][0]["list_root"] = "0" * 64


def roots_order(value):
    value["agencies"].reverse()


def roots_shape(value):
    value["agencies"] = {"a": 1}


@pytest.mark.parametrize(
    "change", [roots_rule, roots_zero, roots_count, roots_list, roots_order, roots_shape]
)
def test_forged_roots_are_refused_even_with_a_new_manifest(drawn, change):
    """The record names the digest of the roots, and the frame must give them."""
    with pytest.raises(DrawError):
        verify(edited(files_of(drawn[0]), "roots.json", change))


def test_the_published_sample_is_the_one_in_the_bank(drawn_in_bank):
    """Those who are invited are those whom an observer draws."""
    folder, _noted = drawn_in_bank
    files = files_of(folder)
    verified = verify(files)
    record = json.loads(files["draw.json"])

    assert SampleCase.objects.count() < Person.objects.count()
    assert SampleCase.objects.count() == sum(row["invited"] for row in record["strata"])
    assert sum(row.invited for row in verified.plan) == SampleCase.objects.count()
    for row in record["strata"]:
        wave = SampleCase.objects.first().draw.wave
        agency = next(one for one in agencies_of(wave) if one.code == row["agency"])
        cases = set(
            SampleCase.objects.filter(stratum__code=row["stratum"]).values_list("person", flat=True)
        )
        units = [u.unit.unit.hex() for u in frame_units(wave, agency) if u.person_id in cases]
        assert units_digest(units) == row["drawn"]


def test_the_public_files_hold_no_personal_data(drawn_in_bank):
    """No number, no name, no address and no salt of anybody."""
    published = b"".join(files_of(drawn_in_bank[0]).values()).decode()

    for person in Person.objects.all():
        assert person.phone not in published
        assert person.name not in published
    for salt in FrameSalt.objects.all():
        assert bytes(salt.list_salt).hex() not in published
        assert bytes(salt.unit_salt).hex() not in published


def test_nothing_is_published_before_the_draw(db, tmp_path):
    """A frame without a seed is of no use to anybody."""
    fill(shrink(open_wave()), people=12)
    assert "no commitment" in espi(commands.publish, tmp_path / "draw", ok=False)
    espi(commands.commit)
    assert "not been drawn" in espi(commands.publish, tmp_path / "draw", ok=False)
    assert not (tmp_path / "draw").exists()


def test_nothing_is_published_that_does_not_verify(drawn_in_bank):
    """A row altered after the draw stops the publication."""
    folder, _noted = drawn_in_bank
    person = Person.objects.filter(eligible=True).first()
    Person.objects.filter(pk=person.pk).update(phone="+628990000000")

    assert "does not verify" in espi(commands.publish, folder, ok=False)


def test_a_draw_from_a_public_value_verifies(db, tmp_path):
    """The second ceremony: a value with what it is."""
    fill(shrink(open_wave()), people=12)
    noted = espi(commands.commit).split()[-1]
    espi(commands.draw, "--seed", "9f3c", "--source", "Suar publik, putaran 7")
    espi(commands.publish, tmp_path / "draw")

    printed = espi(checks.verify, tmp_path / "draw", "--root", noted)
    assert "Suar publik, putaran 7" in printed
