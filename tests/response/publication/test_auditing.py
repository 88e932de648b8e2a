"""Auditors find every step of a wave on one page, with what to note and what to type."""

from __future__ import annotations

from datetime import date

import pytest

from espi.platform.audit import Head
from espi.platform.audit_check import KeptHead, append_head

STEPS = {
    "id": ("Daftar ditutup", "Penarikan sampel", "Log publik", "Pembukaan", "Perhitungan estimasi",
           "Bundel", "Rilis", "Catatan audit"),
    "en": ("Lists closed", "Draw", "Public log", "Opening", "Estimation run", "Bundle", "Release",
           "Audit log"),
}  # fmt: skip
COMMANDS = (
    "espi draw verify", "espi-verify http://box.example/record/w26", "espi estimation check",
    "espi bundle verify", "audit verify",
)  # fmt: skip


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_step_is_there_in_its_order(client, released, language):
    """Lists, draw, log, opening, run, bundle, release and audit log, each with its command."""
    page = client.get("/w26/auditor", {"lang": language}).content.decode()
    main = page.split("<main", 1)[1]
    places = [main.find(f". {title}</h2>") for title in STEPS[language]]

    assert -1 not in places
    assert places == sorted(places)
    assert [command for command in COMMANDS if command not in main] == []


def test_digests_and_files_stand_beside_their_step(client, released):
    """What an auditor notes is the digest of the released bundle and of what it rests on."""
    page = client.get("/w26/auditor", {"lang": "en"}).content.decode()

    assert f"--digest {released.digest}" in page
    assert "e" * 64 in page
    assert 'href="/w26/data/indeks.json"' in page
    assert 'href="http://registry.example/w26/cabut"' in page


def test_before_the_release_nothing_of_the_results_is_there(client, wave, run):
    """The page is for the whole wave: steps to come have no digest yet."""
    page = client.get("/w26/auditor", {"lang": "en"}).content.decode()

    assert "Not there yet." in page
    assert "r" * 64 not in page
    assert "e" * 64 not in page


def test_the_end_of_the_audit_log_is_the_kept_one(client, wave, settings, tmp_path):
    """The newest end that lies outside the database, of this bank."""
    settings.AUDIT_HEADS = tmp_path / "heads"
    for bank, day, lines in (("response", 1, 17), ("response", 2, 1234), ("contact", 3, 9)):
        head = KeptHead(bank, date(2026, 11, day), Head(lines, bytes([lines % 256]) * 32))
        append_head(settings.AUDIT_HEADS, head)
    page = client.get("/w26/auditor", {"lang": "en"}).content.decode()

    assert "1,234" in page
    assert "d2" * 32 in page


def test_a_faulty_file_of_ends_does_not_hide_the_other_steps(client, wave, settings, tmp_path):
    """The command names the line; the page goes on."""
    settings.AUDIT_HEADS = tmp_path / "heads"
    settings.AUDIT_HEADS.write_text("nonsense")

    assert client.get("/w26/auditor").status_code == 200
