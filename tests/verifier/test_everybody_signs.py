"""The log, the witnesses and the signer work together: the rest still has to add up."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.verifier import record
from tests.verifier.record import (
    NoteKey,
    Wave,
    b64,
    save,
    sign_ballot,
)


def mint(wave: Wave) -> None:
    wave.batches[1].append(sign_ballot("c-east"))


def mint_and_raise_issued(wave: Wave) -> None:
    wave.issued["c-east"] = 26
    for _one in range(14):
        wave.batches[1].append(sign_ballot("c-east"))
    wave.used = wave.hashes[: sum(wave.issued.values())]


def foreign_stratum_key(wave: Wave) -> None:
    wave.batches[0][5] = sign_ballot("a-north", key=record.signing_key("b-south"))


def foreign_stratum(wave: Wave) -> None:
    for ballot in wave.batches[0]:
        ballot.stratum = "z-none" if ballot.stratum == "a-north" else ballot.stratum


def moved_stratum(wave: Wave) -> None:
    next(one for one in wave.batches[0] if one.stratum == "a-north").stratum = "b-south"


def same_name(wave: Wave) -> None:
    wave.batches[1][0] = sign_ballot("a-north", name=_in(wave, "a-north").name)


def same_prep(wave: Wave) -> None:
    old = _in(wave, "a-north")
    wave.batches[1][0] = sign_ballot("a-north", old.name, old.randomness)
    assert wave.batches[1][0].signature != old.signature


def same_name_elsewhere(wave: Wave) -> None:
    wave.batches[1][0] = sign_ballot("a-north", name=_in(wave, "b-south").name)


def _in(wave: Wave, stratum: str) -> record.Ballot:
    return next(one for one in wave.batches[0] if one.stratum == stratum)


def small_batch(wave: Wave) -> None:
    wave.batches[1] = [one for one in wave.batches[1] if one.stratum != "c-east"]
    wave.batches[1] += [sign_ballot("c-east") for _one in range(9)]


def unsorted(wave: Wave) -> None:
    for batch in wave.batches:
        batch.sort(key=lambda one: (one.stratum, one.name))
    wave.sort = False
    wave.batches[0][3], wave.batches[0][4] = wave.batches[0][4], wave.batches[0][3]


def foreign_used(wave: Wave) -> None:
    wave.used = sorted([*wave.used[1:], b"\x77" * 32])


def one_more_used(wave: Wave) -> None:
    wave.changes["closing"] = {"used": {"count": 63, "root": b64(record.root(wave.used))}}


def other_count(wave: Wave) -> None:
    wave.used = wave.used[1:]


def more_issued(wave: Wave) -> None:
    wave.issued["b-south"] = 31
    wave.used = wave.hashes[: sum(wave.issued.values())]


def few_issued(wave: Wave) -> None:
    wave.batches[0] = [one for one in wave.batches[0] if one.stratum != "b-south"]
    wave.issued["b-south"] = 4
    wave.used = wave.used[: sum(wave.issued.values())]


def all_in_one(wave: Wave) -> None:
    total = sum(wave.issued.values())
    wave.changes["closing"] = {"issued": [[list(range(1, len(wave.invited) + 1)), total]]}


def two_groups(wave: Wave) -> None:
    north, south, east, tiny, teeny = wave.issued.values()
    groups = [[[1], north], [[2], south], [[3, 4], east + tiny], [[5], teeny]]
    groups[3] = [[5], 10]
    wave.issued["e-tiny"] = 10
    wave.used = wave.hashes[: sum(wave.issued.values())]
    wave.changes["closing"] = {"issued": [[[1, 5], north + 10], [[2], south], groups[2]]}


def crowded(wave: Wave) -> None:
    mint_and_raise_issued(wave)
    wave.until = "open"


def small_in_log(wave: Wave) -> None:
    wave.batches[1] += [sign_ballot("d-tiny") for _one in range(10)]


def too_many_small(wave: Wave) -> None:
    wave.issued["d-tiny"] = 5
    wave.used = wave.used[: sum(wave.issued.values())]


def small_of_the_log(wave: Wave) -> None:
    wave.small_names = sorted([*wave.small_names[1:], wave.batches[0][0].name])


def other_invited(wave: Wave) -> None:
    wave.invited["b-south"] += 1


def foreign_signer(wave: Wave) -> None:
    outsider, said = NoteKey("signer.example", 1), wave.keys.said()
    wave.keys = record.Keys(wave.keys.log, wave.keys.witnesses, outsider)
    wave.changes["round"] = {"signer": said["signer"]}


def page_of_another_root(wave: Wave) -> None:
    wave.page = b"\x11" * 32


def dropped_stratum(wave: Wave) -> None:
    """Its list stays: its people still find their check code. The opening counts less."""
    wave.kept_lists = wave.lists()
    wave.batches = [[one for one in batch if one.stratum != "b-south"] for batch in wave.batches]


def signer_as_witness(wave: Wave) -> None:
    wave.keys.witnesses[1] = NoteKey("two.example/w", 4, wave.keys.signer.secret)


def signer_as_log(wave: Wave) -> None:
    wave.keys.signer = NoteKey("signer.example", 1, wave.keys.log.secret)


def log_as_witness(wave: Wave) -> None:
    wave.keys.witnesses[0] = NoteKey("one.example", 4, wave.keys.log.secret)


def one_witness_twice(wave: Wave) -> None:
    wave.keys.witnesses[1] = NoteKey("two.example/w", 4, wave.keys.witnesses[0].secret)


def says(kind: str, **values: object) -> Callable[[Wave], None]:
    return lambda wave: wave.changes.update({kind: values})


def weak_key(wave: Wave) -> None:
    key = record.der(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    wave.changes["stratum/0"] = {"key": b64(key)}


def shared_key(wave: Wave) -> None:
    wave.changes["stratum/1"] = {"key": b64(record.der(record.signing_key("a-north")))}


AT = r"entry \d+ \(espi/{}/v1\)"
OWN = "the keys in keys.json: expected a key of its own for "
TOGETHER = {
    "signer as witness": (signer_as_witness, OWN + "witness two.example/w, the signer has"),
    "signer as log": (signer_as_log, OWN + "the signer, the log has the same"),
    "log as witness": (log_as_witness, OWN + "witness one.example, the log has the same"),
    "witness with two names": (one_witness_twice, OWN + "witness two.example/w, witness one"),
    "dropped stratum": (
        dropped_stratum,
        "a list in names/b-south.bin: expected none, as the log has no ballot of this stratum",
    ),
    "all in one": (all_in_one, f"issued in {AT.format('closing')}: expected one group of small"),
    "two groups": (two_groups, f"issued in {AT.format('closing')}: expected one group of small"),
    "crowded, open": (crowded, "more ballots than invited people in stratum c-east"),
    "no key destroyed": (says("closing", destroyed=0), "destroyed: expected 5 keys"),
    "keys by name": (says("closing", destroyed=["x"]), "destroyed: expected a number"),
    "path upward": (says("page", files={"../x": "ab" * 32}), "expected the SHA-256 of each file"),
    "path from the root": (says("page", files={"/x": "ab" * 32}), "each file by its plain path"),
    "minted": (mint, "more ballots than issued .* c-east: expected at most 12 .* are 13"),
    "minted, issued": (
        mint_and_raise_issued,
        "more ballots than invited people in stratum c-east: expected at most 25 .* 26",
    ),
    "foreign key": (foreign_stratum_key, f"{AT.format('ballot')}: expected a signature under"),
    "foreign stratum": (foreign_stratum, "expected a stratum of the directory, it is 'z-none'"),
    "moved ballot": (moved_stratum, "expected a signature under the key of stratum b-south"),
    "same name": (same_name, f"{AT.format('ballot')}: expected a name and a prep seen once"),
    "same prep": (same_prep, f"{AT.format('ballot')}: expected a name and a prep seen once"),
    "name elsewhere": (same_name_elsewhere, "expected a name and a prep seen once"),
    "small batch": (small_batch, "batch of stratum c-east in entries 33 to .* there are 9"),
    "unsorted": (unsorted, f"{AT.format('ballot')}: expected ballots sorted"),
    "used not invited": (foreign_used, r"hash \d+ in used.bin: expected one of frame.bin"),
    "used number": (one_more_used, "used: expected 62 as issued, it is 63"),
    "used, issued": (other_count, "used: expected 62 as issued, it is 61"),
    "issued > invited": (more_issued, "more issued .*b-south: expected at most 30, there are 31"),
    "few issued": (few_issued, "issued: strata b-south: expected 0 or at least 10, it is 4"),
    "small in log": (small_in_log, "stratum d-tiny in .*: expected no ballot of a small"),
    "small too many": (too_many_small, "more ballots than issued .*at most 10 .* 11 of small"),
    "small twice": (small_of_the_log, r"hash \d+ in small.bin: expected a ballot that is not"),
    "invited": (other_invited, f"invitations in {AT.format('frame')}: expected 120.* is 119"),
    "signer": (foreign_signer, "signature of signer|signer: expected"),
    "page root": (page_of_another_root, "data-root in the page's index.html: expected"),
    "level": (says("round", level="L9"), r"entry 0 \(espi/round/v1\): level: expected"),
    "protocol": (says("round", protocol=2), r"entry 0 .*protocol: expected 1, it is '2'"),
    "true is no 1": (says("round", protocol=True), "protocol: expected 1"),
    "private key": (says("round", election_key={"kty": "EC", "d": "x"}), "election_key: expec"),
    "nine at a time": (says("round", minimum=9), "entry 0 .*: minimum: expected a number from 10"),
    "no digest": (says("opening", extract=""), "extract: expected a SHA-256 in hex"),
    "round quorum": (says("round", quorum=1), "quorum: expected 2 as in the keys, it is 1"),
    "more fields": (says("frame", more=1), "entry 6 .*: expected the fields"),
    "other round": (says("frame", round="x"), "entry 6 .*: round: expected '2026-"),
    "strata": (says("round", strata=4), "entry 5 .*: expected espi/frame/v1 in its place"),
    "stratum order": (says("stratum/1", stratum="a-north"), "expected a stratum after 'a-no"),
    "weak key": (weak_key, "entry 1 .*: key: expected 3072 bits"),
    "shared key": (shared_key, "entry 2 .*'b-south': expected a key of its own"),
    "no key": (says("stratum/0", key="AAAA"), "entry 1 .*: key: it is not a public key"),
    "negative": (says("stratum/0", invited=-1), "entry 1 .*: invited: expected a number"),
    "group missing": (says("closing", issued=[]), "issued: expected each stratum in one"),
    "no number": (says("closing", used={"count": 1}), "used: expected count and root"),
    "too few small": (says("small", ballots=9), "ballots: expected 10 to 18 or null, it is 9"),
    "unknown small": (says("small", strata=["x"]), "expected strata of the directory, 'x'"),
    "opened": (says("opening", opened=60), f"{AT.format('opening')}: expected 59 together"),
    "opening": (says("opening", ballots=60), f"{AT.format('opening')}: expected 59, it is 60"),
    "found": (
        says("opening", opened=56, planted={"count": 3, "found": 2}),
        "expected 3 found, it is 2",
    ),
    "planted": (
        says("opening", opened=56, planted={"count": 2, "found": 2}),
        "expected 3 as committed",
    ),
}


@pytest.mark.parametrize("name", TOGETHER)
def test_everybody_signs_it(
    name: str, wave: Wave, tmp_path: Path, refusal: Callable[..., str]
) -> None:
    tamper, expected = TOGETHER[name]
    copy = wave.copy()
    tamper(copy)
    said = refusal(copy.write(tmp_path / "record"))
    assert re.search(expected, said), said


def _moved(entries: list[bytes], old: int, new: int) -> list[bytes]:
    entries = list(entries)
    entries.insert(new, entries.pop(old))
    return entries


def planted_twice(all_: list[bytes]) -> list[bytes]:
    """Log a commitment again, and count what it commits to twice: six answers less."""
    opening = all_[60].replace(b'{"count":3,"found":3}', b'{"count":6,"found":6}')
    opening = opening.replace(b'"opened":55', b'"opened":52')
    assert opening != all_[60]
    return [*all_[:58], all_[57], *all_[58:60], opening]


ORDER = {
    "late ballot": (lambda all_: [*all_, all_[10]], r"entry 61 \(espi/ballot.*no such entry"),
    "two closings": (lambda all_: [*all_[:59], all_[58], *all_[59:]], "entry 59 .*expected espi"),
    "planted, not found": (
        lambda all_: [*all_[:58], all_[57].replace(b"23" * 32, b"45" * 32), *all_[58:]],
        "planted in entry",
    ),
    "planted twice": (planted_twice, f"entry 58 .*: commitment: .* not logged yet, {'23' * 32} is"),
    "no round": (lambda all_: all_[1:], "entry 0 .*: expected espi/round/v1 in its place"),
    "no page": (lambda all_: all_[:7] + all_[8:], "entry 7 .*: expected espi/page/v1"),
    "page after closing": (lambda all_: _moved(all_, 7, 60), "entry 7 .*: expected espi/page"),
    "opening, small": (lambda all_: _moved(all_, 59, 60), r"entry 60 \(espi/small.*no such"),
    "no kind": (lambda all_: [*all_, b""], "entry 61: expected a line with its kind"),
    "unknown kind": (lambda all_: [*all_, b"espi/else/v1\n"], "entry 61: expected a kind of P14"),
    "short ballot": (lambda all_: [*all_[:10], all_[10][:-1], *all_[11:]], "entry 10 .*expected"),
    "blanks": (lambda all_: [all_[0].replace(b":", b": ", 1), *all_[1:]], "entry 0 .*without b"),
    "no JSON": (lambda all_: [b"espi/round/v1\n{", *all_[1:]], "entry 0 .*: it is not JSON"),
    "deep JSON": (lambda all_: [b"espi/round/v1\n" + b"[" * 60_000, *all_[1:]], "not JSON"),
    "a list": (lambda all_: [b"espi/round/v1\n[]", *all_[1:]], "it is not a JSON object"),
    "not a number": (lambda all_: [b'espi/round/v1\n{"a":NaN}', *all_[1:]], "it is not JSON"),
    "twice": (lambda all_: [b'espi/round/v1\n{"a":1,"a":1}', *all_[1:]], "is not written with"),
}


def write_in_order(wave: Wave, change: Callable[[list[bytes]], list[bytes]], folder: Path) -> Path:
    """Write the record with other entries, which log and witnesses sign."""
    entries, sizes = wave.log()
    entries = change(entries)
    return wave.write(folder, (entries, [*sizes[:-1], len(entries)]))


@pytest.mark.parametrize("name", ORDER)
def test_order_and_form_of_entries(
    name: str, wave: Wave, tmp_path: Path, refusal: Callable[..., str]
) -> None:
    change, expected = ORDER[name]
    folder = write_in_order(wave, change, tmp_path / "record")
    assert re.search(expected, refusal(folder)), refusal(folder)


def test_a_log_cut_before_the_first_checkpoint(
    wave: Wave, tmp_path: Path, refusal: Callable[..., str]
) -> None:
    entries, _sizes = wave.log()
    folder = wave.write(tmp_path / "record", (entries[:4], [4]))
    assert "the entries in tile/entries: expected 7 or more, there are 4" in refusal(folder)
    folder = wave.write(tmp_path / "empty", ([], [0]))
    assert "expected 1 or more, there are 0" in refusal(folder)


def test_lists_are_not_published_too_early(
    wave: Wave, tmp_path: Path, refusal: Callable[..., str]
) -> None:
    copy = wave.copy()
    copy.until = "open"
    folder = copy.write(tmp_path / "record")
    save(folder / "used.bin", b"")
    assert "a file in used.bin: expected none, as the box is not closed" in refusal(folder)


def test_a_pool_refuses_what_one_process_refuses(
    wave: Wave, tmp_path: Path, refusal: Callable[..., str]
) -> None:
    copy = wave.copy()
    foreign_stratum_key(copy)
    folder = copy.write(tmp_path / "record")
    assert refusal(folder, processes=2) == refusal(folder, processes=1) != ""
