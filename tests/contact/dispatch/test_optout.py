"""A stop is understood as people write it."""

from __future__ import annotations

import pytest

from espi.contact.dispatch.inbound.optout import wants_to_stop

STOPS = [
    "BERHENTI", "berhenti.", "Berhenti!", "tolong berhenti", "BERHENTI 🙏",
    "🙏🙏 Berhenti", "ＢＥＲＨＥＮＴＩ", "BERHENTI\u00a0", "\u00a0\u200bBERHENTI\u200d",
    "\ufeffSTOP", "ber\u00adhenti", "\u202aSTOP\u202c", "Selamat pagi\nBERHENTI",
    "Halo pak.\r\n\r\nstop", "*STOP*", "_stop_", "~STOP~", '"berhenti"', "“Berhenti”",
    "(stop)", "#BERHENTI", "STOP!!!", "stop...", "STOPPP", "berhentiii", "S T O P",
    "B.E.R.H.E.N.T.I", "bérhënti", "𝗦𝗧𝗢𝗣", "ⓢⓣⓞⓟ", "Stop ya", "STOP please",
    "please stop", "unsubscribe", "UNSUBSCRIBE", "Unsubscribe me", "unsub",
    "saya mau berhenti", "mohon berhenti kirim pesan", "Stop sending me messages",
    "could you please stop", "hentikan", "setop", "brenti", "berenti",
    "berhenti berlangganan", "STOP STOP STOP", "stop,saya tidak mau", "Tidak. Stop.",
    "no, stop", "opt out", "opt-out", "OPTOUT", "Stop promotions", "stop_promotions",
    "stop?", "BERHENTI 👍🏽", "batal", "cancel please", "END", "berhenti dari survei ini",
    "ok stop", "stop\u2028terima kasih",
]  # fmt: skip
FOR_A_PERSON = [
    "jangan berhenti", "Jangan di-stop ya", "tidak mau berhenti", "don't stop",
    "don’t stop", "do not stop", "never stop", "belum berhenti",
    "saya sudah berhenti bekerja di sana", "Saya telah berhenti",
    "saya berhenti bekerja 2019", "kapan survei berhenti?",
    "apakah bisa berhenti nanti", "how do I stop this", "nonstop", "non-stop",
    "perhentian bus", "cancel my appointment", "the end of the day", "Ya", "", "🙏", "👍",
    "siapa ini?", "saya bukan pegawai dinas itu, salah orang, tolong dihapus",
    "Kemarin di kantor itu pungutan tidak juga berhenti", "stopwatch", "unstoppable",
    "dibatalkan",
]  # fmt: skip


@pytest.mark.parametrize("text", STOPS)
def test_a_stop_in_any_dress_stops(text):
    """Signs, emoji, letter forms, invisible characters, polite words, other lines."""
    assert wants_to_stop(text)


@pytest.mark.parametrize("text", FOR_A_PERSON)
def test_what_is_not_surely_a_stop_waits_for_a_person(text):
    """Negations, questions, people who have left the agency, longer sentences, anything else."""
    assert not wants_to_stop(text)
