"""Keys and invitations are fixed before fieldwork, and each person is shown to be among them."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest

from espi.anonymity.v1 import codes, encoding, entries, tree
from espi.anonymity.v1.directory import Directory
from espi.contact.fieldwork.actions import open_fieldwork
from espi.contact.fieldwork.recipients import recipients
from espi.contact.invitations import actions, keys
from espi.contact.invitations.commitment import (
    Roles,
    commit_directory,
    commitment_files,
    publish_directory,
)
from espi.contact.invitations.errors import (
    DirectoryPublished,
    KeysMissing,
    NotAnOpenStratum,
    NotASampledStratum,
    PublicKeysFaulty,
)
from espi.contact.invitations.models import Invitation
from espi.contact.invitations.signing import own_store
from espi.contact.invitations.slips import qr, sheet, spaced
from espi.contact.sampling.models import SampleCase
from espi.design.models import Agency, KeyStratum, Stratum
from tests.contact.field import commit, draw_everybody, drawn_wave, stratum_of
from tests.contact.field import wave_in_field as in_field
from tests.keys import kept_signing_key

CODE = "uji.internal"
ROLES = Roles("other", ("w",), 1, "s", "1" * 64, "")


@pytest.fixture
def wave(db):
    return in_field()


@pytest.fixture
def drawn(db):
    """Return a wave of which the sample is drawn and nobody invited yet."""
    wave = drawn_wave("uji")
    agency = Agency.objects.create(code="kab-x", name="Kab X", type="regency")
    draw_everybody(wave, stratum_of(wave, agency), 12)
    return wave


def code_of(invitation, settings):
    return codes.derive_code(settings.CODE_SECRET, str(invitation.reference))


def answer_about(client, code):
    body = json.dumps({"code": code})
    return client.post("/v1/invitation", body, content_type="text/plain").json()


def nodes(proof):
    return [encoding.from_text(node) for node in proof["proof"]]


def test_each_invitation_comes_with_its_proofs(wave, client, settings):
    """Its group, the frame and its own place, all under the one root."""
    directory = Directory.read(wave.directorycommitment.entries)
    for invitation in Invitation.objects.all():
        code = code_of(invitation, settings)
        proofs = answer_about(client, code)["proofs"]
        for name, kind in (("stratum", entries.STRATUM), ("frame", entries.FRAME)):
            entry = proofs[name]["entry"].encode()
            position = directory.size, proofs[name]["index"], tree.leaf_hash(entry)
            assert tree.includes(directory.root, *position, nodes(proofs[name]))
            assert entries.kind_of(entry) == kind
        mine = tree.leaf_hash(entries.invite_hash("uji", CODE, code))
        root = directory.invitations.root
        position = proofs["invitation"]["size"], proofs["invitation"]["index"], mine
        assert tree.includes(root, *position, nodes(proofs["invitation"]))
    assert directory.strata[CODE].invited == directory.invitations.invitations == 12


def test_what_is_published_stays(wave, tmp_path):
    """Asked again with other roles, the first commitment stands; its files can be written anew."""
    first = wave.directorycommitment
    assert commit_directory(wave=wave, roles=ROLES, actor="test") == first
    publish_directory(wave=wave, folder=tmp_path)
    written = json.loads((tmp_path / "directory.json").read_text())

    assert written["entries"] == first.entries
    assert (tmp_path / "frame.bin").read_bytes() == commitment_files(wave).hashes.read_bytes()
    assert written["keys"][CODE]["strata"] == ["uji.1"]


def test_nothing_is_added_after_the_commitment(wave):
    """No slip, no planted invitation, no other key: the count is public."""
    stratum = Stratum.objects.get()
    with pytest.raises(DirectoryPublished):
        actions.plant_invitations(wave=wave, stratum_code=stratum.code, count=1, actor="test")
    Stratum.objects.update(channel="open")
    with pytest.raises(DirectoryPublished):
        actions.print_slips(wave=wave, stratum_code=stratum.code, count=1, actor="test")
    own_store(wave).keys.destroy()
    with pytest.raises(KeysMissing):
        keys.create_keys(wave=wave, actor="test")
    with pytest.raises(KeysMissing):
        keys.take_keys(wave=wave, public={}, actor="test")


def test_fieldwork_needs_the_commitment(drawn):
    """Neither without keys nor without the published directory."""
    actions.issue_invitations(wave=drawn, actor="test")
    with pytest.raises(KeysMissing):
        open_fieldwork(wave=drawn, actor="test")
    KeyStratum.objects.update(public_key="")
    with pytest.raises(KeysMissing):
        commit_directory(wave=drawn, roles=ROLES, actor="test")
    commit(drawn)

    assert open_fieldwork(wave=drawn, actor="test").phase == "field"


def test_planted_invitations_are_among_the_others(drawn, client, settings):
    """They are counted, described like any other, and never written to."""
    actions.issue_invitations(wave=drawn, actor="test")
    planted_ones = actions.plant_invitations(
        wave=drawn, stratum_code="uji.1", count=3, actor="test"
    )
    with pytest.raises(NotASampledStratum):
        actions.plant_invitations(wave=drawn, stratum_code="none", count=1, actor="test")
    commit(drawn)
    drawn.phase = "field"
    drawn.save()
    person = answer_about(client, code_of(Invitation.objects.first(), settings))
    planted = answer_about(client, planted_ones[0])

    assert planted.keys() == person.keys()
    assert {name for name in planted if planted[name] != person[name]} == {"proofs", "unit"}
    assert json.loads(planted["proofs"]["stratum"]["entry"].partition("\n")[2])["invited"] == 15
    assert len(list(recipients(drawn))) == 12


def test_slips_have_a_group_of_their_own(drawn, client):
    """Handed out at a counter: no name, another key than the sample's, a channel that says so."""
    agency = Agency.objects.get()
    key = KeyStratum.objects.create(
        wave=drawn, code="uji.loket", group="internal", label={"id": "l"}
    )
    Stratum.objects.create(
        wave=drawn, agency=agency, group="internal", code="uji.loket", label={"id": "l"},
        key_stratum=key, channel="open",
    )  # fmt: skip
    actions.issue_invitations(wave=drawn, actor="test")
    slip_codes = actions.print_slips(wave=drawn, stratum_code="uji.loket", count=20, actor="test")
    with pytest.raises(NotAnOpenStratum):
        actions.print_slips(wave=drawn, stratum_code="uji.1", count=1, actor="test")
    commit(drawn)
    drawn.phase = "field"
    drawn.save()
    slip = answer_about(client, slip_codes[0])

    assert sheet(Stratum.objects.get(code="uji.loket"), slip_codes).startswith(b"%PDF")
    assert qr(slip_codes[0]).startswith("<svg")
    assert spaced(slip_codes[0]).replace(" ", "") == slip_codes[0]
    assert len(set(slip_codes)) == 20
    assert (slip["channel"], slip["key_stratum"], slip["unit"]) == ("open", "uji.loket", "")


def test_small_groups_share_a_key(drawn):
    """Issuing follows the plan: two groups of six become one, which the directory shows."""
    agency = Agency.objects.get()
    drawn.expected_response = {"internal": 0.9}
    drawn.save()
    second = KeyStratum.objects.create(
        wave=drawn, code="dua.internal", group="internal", label={"id": "x", "en": "x"}
    )
    other = Stratum.objects.create(
        wave=drawn, agency=agency, group="internal", code="uji.2", label={"id": "x"},
        key_stratum=second,
    )  # fmt: skip
    half = SampleCase.objects.values_list("pk", flat=True)[:6]
    SampleCase.objects.filter(pk__in=list(half)).update(stratum=other)
    actions.issue_invitations(wave=drawn, actor="test")
    commit(drawn)
    directory = Directory.read(drawn.directorycommitment.entries)

    assert list(directory.strata) == ["all.internal"]
    assert directory.strata["all.internal"].merges == ("uji.1", "uji.2")
    assert directory.strata["all.internal"].invited == 12


def test_keys_made_elsewhere_are_taken(drawn):
    """All or none, and only keys of this protocol."""
    actions.issue_invitations(wave=drawn, actor="test")
    good = b64encode(kept_signing_key()[1]).decode()
    for bad in ({}, {CODE: "AA=="}, {CODE: 7}, {CODE: good[:-8]}):
        with pytest.raises(PublicKeysFaulty):
            keys.take_keys(wave=drawn, public=bad, actor="test")
    assert keys.take_keys(wave=drawn, public={CODE: good}, actor="test") == 1
    assert drawn.key_strata.get().public_key == good


def test_a_signer_elsewhere_gets_its_list(wave, settings, tmp_path):
    """Which hash belongs to which group; no code, no name."""
    settings.SIGNER_URL = "http://signer.example"
    publish_directory(wave=wave, folder=tmp_path)
    lines = (tmp_path / "for-the-signer.csv").read_text().splitlines()

    assert len(lines) == 12
    assert {line.split(",")[1] for line in lines} == {CODE}
    assert bytes.fromhex(lines[0].split(",")[0]) in entries.separated(
        (tmp_path / "frame.bin").read_bytes()
    )


def test_planting_before_issuing_stops_nothing(drawn):
    """The keys are planned again when the invitations are issued; planted ones move along."""
    stratum = Stratum.objects.get(wave=drawn)
    actions.plant_invitations(wave=drawn, stratum_code=stratum.code, count=2, actor="test")
    actions.issue_invitations(wave=drawn, actor="test")
    stratum.refresh_from_db()

    placed = Invitation.objects.values_list("key_stratum", flat=True)
    assert set(placed) == {stratum.key_stratum_id}
    assert placed.count() == 14
