"""What an agency and a sworn auditor can check: the agency its own list, the auditor the links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from espi.draw import canonical
from espi.draw.commitment import list_leaf, list_root, unit_id
from espi.draw.errors import DoesNotFit, FileFaulty
from espi.draw.roots import read_hex
from espi.draw.verify import COLUMNS, FRAME, Verified

LIST_FORMAT = "espi/v1/list-proof"
LINK_COLUMNS = ("agency", "stratum", "leaf", "salt")


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row of an agency's list with its first salt, as the agency gets it."""

    group: str
    stratum: str
    phone: str
    email: str
    salt: str

    def leaf(self, agency: str) -> bytes:
        """Return the row's list leaf."""
        row = (agency, self.group, self.stratum, self.phone, self.email)
        return list_leaf(bytes.fromhex(self.salt), row)

    def plain(self) -> dict[str, str]:
        """Return the row as it is written."""
        return {
            "group": self.group,
            "stratum": self.stratum,
            "phone": self.phone,
            "email": self.email,
            "salt": self.salt,
        }


@dataclass(frozen=True, slots=True)
class ListProof:
    """The list of an agency as it was committed to; it holds nothing of the draw."""

    wave: str
    agency: str
    rows: tuple[ListRow, ...]

    def content(self) -> bytes:
        """Return the file for the agency; its rows are in the order of what was delivered."""
        leaves = [row.leaf(self.agency) for row in self.rows]
        rows = sorted(self.rows, key=lambda row: (row.stratum, row.phone, row.email))
        return canonical.document(
            {
                "format": LIST_FORMAT,
                "wave": self.wave,
                "agency": self.agency,
                "list_root": list_root(leaves),
                "rows": [row.plain() for row in rows],
            }
        )

    def counts(self) -> dict[tuple[str, str], int]:
        """Return how many rows each group and stratum has."""
        return dict(sorted(Counter((row.group, row.stratum) for row in self.rows).items()))


def read_list(name: str, content: bytes) -> ListProof:
    """Return the list in an agency's file, after checking that it gives its own list root.

    Raises:
        FileFaulty: the file is not that of a list.
        DoesNotFit: its rows do not give the list root in it.
    """
    document = canonical.read_document(name, content)
    try:
        proof = ListProof(
            str(document["wave"]),
            str(document["agency"]),
            tuple(_row(row) for row in canonical.as_objects(document["rows"])),
        )
        stated_root, form = read_hex(document["list_root"]), document["format"]
    except (KeyError, TypeError, ValueError) as error:
        raise FileFaulty(name, f"its content is not that of a list proof ({error!r})") from None
    if list_root([row.leaf(proof.agency) for row in proof.rows]) != stated_root:
        raise DoesNotFit(f"{name}: its rows do not give its list root")
    if form != LIST_FORMAT or proof.content() != content:
        raise FileFaulty(name, "it has more or other content than a list proof has")
    return proof


def check_list(name: str, content: bytes, root: str) -> ListProof:
    """Check that an agency's list gives the list root that was published for it.

    Raises:
        DrawError: it does not, or the file is faulty.
    """
    proof = read_list(name, content)
    computed = list_root([row.leaf(proof.agency) for row in proof.rows])
    if computed != root.strip().lower():
        raise DoesNotFit(f"{name}: its list root is {computed}, which is not the published one")
    return proof


def link_file(rows: Iterable[tuple[str, str, str, str]]) -> bytes:
    """Return the file for the sworn auditor: agency, stratum, list leaf and second salt."""
    return canonical.table(LINK_COLUMNS, rows)


def audit(
    verified: Verified, frame: bytes, links: tuple[str, bytes], proofs: Sequence[ListProof] = ()
) -> int:
    """Check that list leaves and units of the draw are the same people, one to one.

    Args:
        verified: the published draw.
        frame: ``frame.csv``.
        links: name and content of the file of the second salts.
        proofs: lists of agencies; each leaf must be in the stratum that its list gives.

    Returns:
        How many links were checked.

    Raises:
        DrawError: the first thing that is wrong.
    """
    name, content = links
    rows = canonical.read_table(name, LINK_COLUMNS, content)
    units = set()
    leaves: dict[str, dict[str, str]] = {agency.agency: {} for agency in verified.roots.agencies}
    for agency, stratum, leaf, salt in rows:
        try:
            unit = unit_id(bytes.fromhex(read_hex(salt)), bytes.fromhex(read_hex(leaf)))
        except ValueError as error:
            raise FileFaulty(name, error) from None
        if agency not in leaves or leaf in leaves[agency]:
            raise DoesNotFit(f"{name}: list leaf {leaf} of {agency} is unknown or repeated")
        leaves[agency][leaf] = stratum
        units.add((agency, stratum, unit.hex()))
    if len(units) != len(rows) or units != set(canonical.read_table(FRAME, COLUMNS, frame)):
        raise DoesNotFit(f"{name}: the links do not lead to the units of {FRAME}, one to one")
    for roots in verified.roots.agencies:
        if list_root([bytes.fromhex(leaf) for leaf in leaves[roots.agency]]) != roots.list_root:
            raise DoesNotFit(f"{name}: {roots.agency}: the leaves do not give the list root")
    for proof in proofs:
        _check_strata(name, proof, leaves.get(proof.agency, {}))
    return len(rows)


def _check_strata(name: str, proof: ListProof, leaves: dict[str, str]) -> None:
    stratum_by_leaf = {row.leaf(proof.agency).hex(): row.stratum for row in proof.rows}
    if stratum_by_leaf != leaves:
        raise DoesNotFit(f"{name}: {proof.agency}: people are in other strata than on the list")


def _row(fields: canonical.Json) -> ListRow:
    return ListRow(
        str(fields["group"]),
        str(fields["stratum"]),
        str(fields["phone"]),
        str(fields["email"]),
        read_hex(fields["salt"]),
    )
