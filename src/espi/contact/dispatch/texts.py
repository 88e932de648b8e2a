"""What messages say: versioned, in two languages, with named values.

The WhatsApp texts are the templates that the carrier approved; the e-mail says the same at greater
length, in both languages. The address of the booth is fixed; only the personal code is appended.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

ADDRESS = re.compile(r"https?://\S*[^\s.,;:!?)]")  # without the sign that ends a sentence
PARAMETERS = ("instansi", "layanan", "penutupan", "kode_cek")
SUBJECTS = {
    "espi_undangan_v1": (
        "Undangan Survei Penilaian Integritas / Invitation to the Integrity Assessment Survey"
    ),
    "espi_pengingat_v1": (
        "Pengingat Survei Penilaian Integritas / Reminder of the Integrity Assessment Survey"
    ),
}
OPENINGS = {
    "espi_undangan_v1": {
        "id": "Survei Penilaian Integritas mengundang Anda menilai {instansi} ({layanan}). "
        "Anda dipilih secara acak dari daftar resmi.",
        "en": "The Integrity Assessment Survey invites you to assess {instansi} ({layanan}). "
        "You were chosen at random from the official list.",
    },
    "espi_pengingat_v1": {
        "id": "Undangan Survei Penilaian Integritas tentang {instansi} ({layanan}) masih terbuka. "
        "Bila tidak berkenan, abaikan pesan ini.",
        "en": "The invitation to the Integrity Assessment Survey about {instansi} ({layanan}) is "
        "still open. If you would rather not, ignore this message.",
    },
}
BODIES = {
    "id": """{opening}

Jawaban Anda dikunci di ponsel Anda sendiri; data yang kami simpan tidak menunjukkan
amplop mana milik Anda.
Waktu pengisian sekitar 10 menit, paling lambat {penutupan}.

Buka survei:
{link}
Jika tautan tidak terbuka, ketik kode ini: {shown}
di alamat {address}

Kode cek pesan ini: {kode_cek}. Cocokkan di {registry}/cek
Kami tidak pernah meminta NIK, OTP, uang, atau memasang aplikasi.

Untuk tidak dihubungi lagi:
{unsubscribe}
""",
    "en": """{opening}

Your answers are locked on your own phone; what we store does not show which envelope is yours.
It takes about 10 minutes, until {penutupan}.

Open the survey:
{link}
If the link does not open, type this code: {shown}
at the address {address}

Check code of this message: {kode_cek}. Compare it at {registry}/cek?lang=en
We never ask for identity numbers, OTP, money, or to install an app.

To hear from us no more:
{unsubscribe}?lang=en
""",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail before it becomes MIME."""

    subject: str
    text: str
    html: str


def letter(template: str, language: str, values: Mapping[str, str]) -> Letter:
    """Return the e-mail of a template, the person's own language first."""
    other = "en" if language == "id" else "id"
    texts = [_body(template, code, values) for code in (language, other)]
    html = "<hr>".join(
        f'<div lang="{code}">{_as_html(text)}</div>'
        for code, text in zip((language, other), texts, strict=True)
    )
    page = f'<!doctype html><html lang="{language}"><body>{html}</body></html>'
    return Letter(SUBJECTS[template], ("\n" + "-" * 60 + "\n\n").join(texts), page)


def _body(template: str, language: str, values: Mapping[str, str]) -> str:
    opening = OPENINGS[template][language].format_map(values)
    prefix = "/en/" if language == "en" else "/"
    address, code = f"{values['booth']}{prefix}", values["code"]
    places = {
        "link": f"{address}#{code}",
        "address": address,
        "shown": " ".join(code[at : at + 4] for at in range(0, len(code), 4)),
    }
    return BODIES[language].format_map({**values, "opening": opening, **places})


def _as_html(text: str) -> str:
    paragraphs = []
    for paragraph in text.strip().split("\n\n"):
        lines = [
            ADDRESS.sub(r'<a href="\g<0>">\g<0></a>', escape(line))
            for line in paragraph.split("\n")
        ]
        paragraphs.append(f"<p>{'<br>'.join(lines)}</p>")
    return "\n".join(paragraphs)
