"""The people of the nation: invented names, reserved numbers, addresses that lead nowhere.

Phone numbers lie in +62 899 0000 0000 to +62 899 0999 9999, which is the simulator's range; the
rehearsal never speaks to a real carrier. E-mail addresses end in ``.example`` (RFC 2606).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from espi.rehearsal.nation.design import FictionalAgency, FictionalService
from espi.rehearsal.nation.template import Row

FIRST_NAMES = (
    "Sari", "Budi", "Ayu", "Agus", "Dewi", "Rina", "Joko", "Wati", "Putu", "Made", "Siti", "Ahmad",
    "Rizal", "Indah", "Yusuf", "Maria", "Bambang", "Fitri", "Hendra", "Lestari", "Nur", "Ratna",
    "Tono", "Umi", "Renée", "José", "André", "Wayan", "Kadek", "Togar", "Ina", "Yohanes",
)  # fmt: skip
JOBS = ("Analis", "Bendahara", "Pranata Komputer", "Penata Layanan", "Pengawas", "Perencana")
HIGH_JOBS = (
    "Kepala Badan (Eselon I.a)",
    "Sekretaris Daerah (Eselon II.a)",
    "Kepala Dinas (Eselon II.b)",
)
BY_CODE, BY_SPELLING = 0.1, 0.2  # shares of rows that name the service so; others by its name
STAKEHOLDERS = (
    "Auditor", "Ombudsman", "Jurnalis", "Akademisi", "Asosiasi usaha", "LSM", "Anggota dewan",
    "Pejabat purnatugas",
)  # fmt: skip
SHUFFLE = 7_654_321  # coprime to the ten million numbers: neighbours get distant numbers
NUMBERS = 10_000_000


@dataclass(frozen=True, slots=True)
class Resident:
    """Someone on a list: who they are, before anybody typed it."""

    number: int
    group: str
    agency: FictionalAgency

    @property
    def phone(self) -> str:
        """The national number, without a leading zero."""
        return f"8990{self.number * SHUFFLE % NUMBERS:07d}"

    @property
    def name(self) -> str:
        """A name that nobody can take for a real person's."""
        return f"{FIRST_NAMES[self.number % len(FIRST_NAMES)]} Contoh {self.number:05d}"

    @property
    def email(self) -> str:
        """An address of a reserved domain."""
        return f"warga{self.number:05d}@{self.agency.code}.example"


def happens(rng: Random, share: float) -> bool:
    """Say whether something that happens to this share of people happens now."""
    return rng.random() < share


def clean_row(resident: Resident, opens_on: date, rng: Random) -> Row:
    """Return the line of an eligible resident, complete and well typed."""
    row = Row(
        nama=resident.name,
        nomor_whatsapp=f"+62{resident.phone}",
        email=resident.email if happens(rng, 0.8) else "",
        bahasa="en" if happens(rng, 0.03) else "id",
    )
    if happens(rng, 0.04):
        row = row.but(nomor_whatsapp="", email=resident.email)
    units = resident.agency.units[resident.group]
    if resident.group == "expert":
        return row.but(jabatan=rng.choice(STAKEHOLDERS))
    if resident.group == "internal":
        started = opens_on - timedelta(days=rng.randrange(1_000, 9_000))
        unit = rng.choice(units)
        return row.but(unit=unit, jabatan=rng.choice(JOBS), mulai_bekerja=started)
    served = opens_on - timedelta(days=rng.randrange(20, 180))
    service = rng.choice(resident.agency.services)
    return row.but(unit=service.unit, layanan=_typed(service, rng), tanggal_layanan=served)


def _typed(service: FictionalService, rng: Random) -> str:
    """Return how a liaison writes a service: by its name, its code, or as people call it."""
    chance = rng.random()
    if chance < BY_CODE:
        return service.code
    if chance < BY_CODE + BY_SPELLING:
        return rng.choice(service.spellings)
    return service.name
