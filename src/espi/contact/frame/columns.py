"""The columns of a population list, and the other names that agencies use for them."""

from __future__ import annotations

COLUMNS = (
    "nama",
    "nomor_whatsapp",
    "email",
    "unit",
    "jabatan",
    "mulai_bekerja",
    "layanan",
    "tanggal_layanan",
    "bahasa",
)
SYNONYMS = {
    "nama": {"nama lengkap", "name", "full name"},
    "nomor_whatsapp": {"no whatsapp", "no wa", "no hp", "nomor hp", "whatsapp", "phone", "telepon"},
    "email": {"e mail", "surel", "alamat email", "email address"},
    "unit": {"unit kerja", "satuan kerja", "work unit"},
    "jabatan": {"job title", "posisi"},
    "mulai_bekerja": {"tanggal mulai", "tmt", "start date"},
    "layanan": {"jenis layanan", "service"},
    "tanggal_layanan": {"tanggal layanan terakhir", "service date"},
    "bahasa": {"language"},
}
_NAME_OF_SYNONYM = {other: name for name, others in SYNONYMS.items() for other in {*others}}


def canonical(header: str) -> str:
    """Return the template's name of a column, or the header itself if it has none."""
    plain = " ".join(header.lower().replace("_", " ").replace("-", " ").replace(".", " ").split())
    return _NAME_OF_SYNONYM.get(plain, plain.replace(" ", "_"))
