"""The browser's half of the protocol, run under Node against the server's half and an oracle."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from secrets import token_bytes

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from espi.anonymity.typed_codes import code_in
from espi.anonymity.v1 import blindrsa, codes, encoding, entries, sealing
from espi.anonymity.v1.directory import Directory, InvitationsEntry
from espi.anonymity.v1.invitations import InvitationCommitment
from tests.keys import kept_signing_key
from tests.protocol import round_entry, stratum_entry

ROOT = Path(__file__).resolve().parents[2]
HPKE = json.loads((Path(__file__).parent / "vectors" / "hpke.json").read_text("utf-8"))


def jwk(public):
    numbers = public.public_numbers()
    n = numbers.n.to_bytes(public.key_size // 8, "big")
    return {"kty": "RSA", "n": encoding.to_text(n), "e": encoding.to_text(numbers.e.to_bytes(3))}


def test_a_whole_ballot_crosses_the_languages(ask, signer, election_key):
    """Sealed and blinded in the browser, signed here, finalized there, verified and opened here."""
    key, place = jwk(signer.public), {"round": "2026", "stratum": "kab-x.internal"}
    election = sealing.to_jwk(election_key.public_key())
    [sealed] = ask(
        {"operation": "seal", "jwk": election, "plaintext": "answers ✓".encode(), **place}
    )
    [[info, signed, receipt]] = ask({"operation": "encode", "envelope": sealed, **place})
    prepared = encoding.prepare(bytes.fromhex(signed), token_bytes(32))
    [[blinded, inverse]] = ask({"operation": "blind", "jwk": key, "prepared": prepared})
    answer = blindrsa.blind_sign(signer.private, bytes.fromhex(blinded))
    question = {"jwk": key, "prepared": prepared, "answer": answer, "inverse": inverse}
    ours, oracle = ask(
        {"operation": "finalize", **question}, {"operation": "oracleFinalize", **question}
    )
    envelope = bytes.fromhex(sealed)

    assert blindrsa.verify(signer.public, prepared, bytes.fromhex(ours))
    assert ours == oracle
    assert bytes.fromhex(info) == encoding.info(*place.values())
    assert bytes.fromhex(signed) == encoding.message(*place.values(), envelope)
    assert receipt == encoding.receipt(envelope)
    assert sealing.open_sealed(election_key, bytes.fromhex(info), envelope) == "answers ✓".encode()


def test_the_server_side_twin_is_understood_by_the_browser(ask, signer):
    """Blinded here, finalized there: the simulated respondents do what the page does."""
    prepared = token_bytes(64)
    blinded, inverse = blindrsa.blind(signer.public, prepared)
    answer = blindrsa.blind_sign(signer.private, blinded)
    question = {"jwk": jwk(signer.public), "prepared": prepared, "answer": answer}
    [signature] = ask({"operation": "finalize", "inverse": inverse.to_bytes(384), **question})

    assert bytes.fromhex(signature) == blindrsa.finalize(signer.public, prepared, answer, inverse)


def test_the_browser_reproduces_the_published_vector(ask, rfc9474):
    """RFC 9474, appendix A.1, and the oracle says the same."""
    key = jwk(rfc9474.public)
    draws = {"salt": rfc9474.salt, "r": f"{rfc9474.r:01024x}"}
    question = {"jwk": key, "prepared": rfc9474.msg_prefix + rfc9474.msg}
    answer = {"answer": rfc9474.blind_sig, "inverse": rfc9474.inv}
    blinded, oracle, signature = ask(
        {"operation": "blind", **question, **draws},
        {"operation": "oracleBlind", **question, **draws},
        {"operation": "finalize", **question, **answer},
    )

    assert blinded == oracle == [rfc9474.blinded_msg.hex(), rfc9474.inv.hex()]
    assert bytes.fromhex(signature) == rfc9474.sig


@pytest.mark.parametrize("n", range(4))
def test_all_three_blind_alike(ask, signer, n):
    """Same salt, same factor: same bytes from the page, the oracle and Python."""
    prepared, salt, r = token_bytes(64), token_bytes(48), int.from_bytes(token_bytes(383), "big")
    question = {"jwk": jwk(signer.public), "prepared": prepared, "salt": salt, "r": f"{r:0768x}"}
    ours, oracle = ask({"operation": "blind", **question}, {"operation": "oracleBlind", **question})
    blinded, inverse = blindrsa.blind(signer.public, prepared, salt=salt, r=r)

    assert ours == oracle == [blinded.hex(), inverse.to_bytes(384).hex()]


def test_nothing_that_is_no_signature_leaves_the_browser(ask, signer):
    """A personal key, a flipped bit, a wrong length: the page stops before the box hears of it."""
    prepared = token_bytes(64)
    blinded, inverse = blindrsa.blind(signer.public, prepared)
    answer = blindrsa.blind_sign(signer.private, blinded)
    flipped = bytes([answer[0] ^ 1]) + answer[1:]
    other = jwk(rsa.generate_private_key(65537, 3072).public_key())
    right = {"operation": "finalize", "jwk": jwk(signer.public), "prepared": prepared}
    right |= {"answer": answer, "inverse": inverse.to_bytes(384)}
    found = ask(
        right,
        {**right, "jwk": other},
        {**right, "answer": flipped},
        {**right, "answer": answer[1:]},
        {**right, "answer": b""},
        {**right, "answer": bytes(384)},
        {**right, "prepared": token_bytes(64)},
    )

    assert found[1:] == [{"refused": "InvalidSignature"}] * 6
    assert isinstance(found[0], str)


def test_the_browser_takes_only_keys_of_this_protocol(ask, signer):
    """Another size or exponent is refused before anything is blinded: attack A2."""
    small, odd = (
        rsa.generate_private_key(*choice).public_key() for choice in ((65537, 2048), (3, 3072))
    )
    right = jwk(signer.public)
    found = ask(*({"operation": "suitable", "jwk": k} for k in (
        right, jwk(small), jwk(odd), {**right, "e": "AAAB"}, {**right, "kty": "EC"})))  # fmt: skip

    assert found == ["RSA"] + [{"refused": "UnsuitableKey"}] * 4


def test_a_modulus_that_sorts_messages_is_not_used(ask):
    """A factor shared with the message would survive blinding: the page stops, as Python does."""
    prepared, salt = bytes(64), bytes(48)
    m = int.from_bytes(blindrsa.emsa_pss(prepared, salt, 3071), "big")
    factor = next(p for p in range(3, 10**6, 2) if m % p == 0)
    public = rsa.RSAPublicNumbers(65537, factor * (2**3071 // factor | 1)).public_key()
    question = {
        "operation": "blind",
        "jwk": jwk(public),
        "prepared": prepared,
        "salt": salt,
        "r": "03",
    }

    assert ask(question) == [{"refused": "UnsuitableKey"}]


@pytest.mark.parametrize("vector", HPKE[1:], ids=["aes-256-gcm"])
def test_the_sealing_library_opens_published_ciphertexts(ask, vector):
    """@hpke/core does what RFC 9180 says with our suite."""
    secret = bytes.fromhex(vector["skRm"])
    public = ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1()).public_key()
    private = {**sealing.to_jwk(public), "d": encoding.to_text(secret), "key_ops": ["deriveBits"]}
    parts = {name: vector[name] for name in ("enc", "info", "aad", "ct")}

    assert ask({"operation": "hpkeOpen", "jwk": private, **parts}) == [vector["pt"]]


@settings(max_examples=5, deadline=None)
@given(data=st.lists(st.binary(max_size=300), min_size=20, max_size=20))
def test_padding_and_text_are_the_same_bytes_on_both_sides(ask, data):
    """Whatever the bytes, page and server write them alike."""
    found = ask(
        *(
            {"operation": operation, "plaintext": d, "data": d}
            for d in data
            for operation in ("pad", "text")
        )
    )

    assert found[::2] == [encoding.pad(d).hex() for d in data]
    assert found[1::2] == [[encoding.to_text(d), d.hex()] for d in data]


def test_the_page_refuses_what_does_not_fit(ask):
    """8,191 bytes are the most, there as here."""
    largest, larger = ask(*({"operation": "pad", "plaintext": bytes(n)} for n in (8191, 8192)))

    assert largest == encoding.pad(bytes(8191)).hex()
    assert larger == {"refused": "RangeError"}


def test_a_typed_code_is_read_alike_on_both_sides(ask):
    """Look-alikes, blanks, hyphens and nonsense."""
    code = codes.derive_code(b"k", "reference")
    texts = [
        code,
        code.upper(),
        f" {code[:13]}-{code[13:]}\n",
        "O" * 26,
        "Il" * 13,
        "u" * 26,
        "",
        "é" * 26,
    ]
    texts += [code + "0", code[1:], "İ" * 26]

    def here(text):
        try:
            return codes.normalise_code(text)
        except codes.MalformedCode:
            return None

    assert ask(*({"operation": "normalise", "text": text} for text in texts)) == list(
        map(here, texts)
    )


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Return a directory of three groups, what the page is told, and one person's proofs."""
    keys_of = {code: kept_signing_key(code)[1] for code in ("a", "b", "c")}
    codes_of = {codes.derive_code(b"k", str(n)): "abc"[n % 3] for n in range(41)}
    frame = InvitationCommitment(tmp_path_factory.mktemp("frame"))
    root = frame.write(entries.invite_hash("uji", s, code) for code, s in codes_of.items())
    election = sealing.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key())
    strata = [stratum_entry(s, b64encode(der).decode(), 13) for s, der in keys_of.items()]
    written = Directory.of(
        round_entry(election_key=election), strata, InvitationsEntry("uji", 41, root, "")
    )
    code, stratum = next(iter(codes_of.items()))
    proofs = {
        "stratum": written.proof(written.index_of(stratum)).to_json(),
        "frame": written.proof(written.size - 1).to_json(),
        "invitation": frame.proof(entries.invite_hash("uji", stratum, code)).to_json(),
    }
    config = {"round": "uji", "level": "L1", "election_key": election}
    question = {
        "operation": "directory", "root": written.root, "size": written.size,
        "config": config | {"round_entry": written.proof(0).to_json()},
        "invitation": {"code": code, "stratum": stratum, "proofs": proofs},
    }  # fmt: skip
    return question, written, keys_of


def changed(question, path, value):
    """Return the question with one thing changed, wherever it lies."""
    copy = json.loads(json.dumps(question, default=bytes.hex))
    place = copy
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value(place[path[-1]]) if callable(value) else value
    return copy


def test_the_page_goes_on_with_the_published_key(ask, published):
    """The key of the person's own group, and no other."""
    question, _, keys_of = published
    public = blindrsa.load_public(keys_of["a"])

    assert ask(question) == [jwk(public)["n"]]
    assert ask({"operation": "key", "der": keys_of["b"]}) == [
        jwk(blindrsa.load_public(keys_of["b"]))["n"]
    ]


REFUSED = {
    "another root": (("root",), lambda root: "00" + root[2:]),
    "another size": (("size",), lambda size: size + 1),
    "another round": (("config", "round"), "lain"),
    "another level": (("config", "level"), "L2"),
    "another trustees' key": (("config", "election_key", "x"), "AAAA"),
    "another group": (("invitation", "stratum"), "b"),
    "another code": (("invitation", "code"), "0" * 26),
    "a personal key": (
        ("invitation", "proofs", "stratum", "entry"),
        lambda text: text.replace("MIIBojAN", "MIIBojAM"),
    ),
    "another group's entry": (("invitation", "proofs", "stratum", "index"), 2),
    "a shortened proof": (("invitation", "proofs", "stratum", "proof"), lambda proof: proof[:-1]),
    "a frame of one's own": (
        ("invitation", "proofs", "frame", "entry"), lambda text: text.replace("41", "42"),
    ),
    "a place of somebody else": (("invitation", "proofs", "invitation", "index"), lambda n: n ^ 1),
    "no proof": (("invitation", "proofs", "invitation", "proof"), []),
    "an index beyond": (("invitation", "proofs", "invitation", "index"), 99),
    "an index that is none": (("invitation", "proofs", "invitation", "index"), -1),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_the_page_stops_where_anything_is_its_own(ask, published, name):
    """Whatever differs from what everybody is shown: nothing is asked and nothing sent (A2)."""
    assert ask(changed(published[0], *REFUSED[name])) == [{"refused": "NotPublished"}]


@pytest.mark.parametrize(("invited", "minimum"), [(1, 1), (9, 1), (12, 13)])
def test_the_page_refuses_a_stratum_of_one(ask, published, invited, minimum):
    """Fewer than ten invited share no key, whatever the server says is enough (A3)."""
    question, written, _ = published
    strata = [replace(entry, invited=invited) for entry in written.strata.values()]
    small = Directory.of(replace(written.round, minimum=minimum), strata, written.invitations)
    asked = changed(question, ("root",), small.root.hex())
    asked["config"]["round_entry"] = small.proof(0).to_json()
    asked["invitation"]["proofs"]["stratum"] = small.proof(1).to_json()
    asked["invitation"]["proofs"]["frame"] = small.proof(small.size - 1).to_json()

    assert ask(asked) == [{"refused": "NotPublished"}]


def test_the_page_reads_one_form_of_keys_only(ask, published):
    """Any other length, size or exponent is none of this protocol's."""
    der = published[2]["a"]
    forms = (der[:-1], der + b"0", der[:-1] + bytes([3]), bytes(len(der)), b"")

    assert ask(*({"operation": "key", "der": form} for form in forms)) == [
        {"refused": "NotPublished"}
    ] * len(forms)


CODE = "0123456789abcdefghjkmnpqrs"
SHOWN = "0123 4567 89ab cdef ghjk mnpq rs"
WIDE = "".join(chr(ord(letter) + 0xFEE0) for letter in CODE)


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        CODE.upper(),
        SHOWN,
        f"  {SHOWN.replace(' ', '-')}. ",
        SHOWN.replace(" ", "\u2011"),
        SHOWN.replace(" ", "\u00a0"),
        f"\u200e{CODE[:7]}\u200b{CODE[7:]}\ufeff",
        WIDE,
        CODE.replace("0", "O").replace("1", "l"),
        f"https://booth.example/#{CODE}",
        f"https://booth.example/en/#{CODE.upper()}",
        f"<https://booth.example/en/%23{CODE}>",
        f"https://booth.example/%2523{CODE}",
        f"https://booth.example/en/{CODE}?utm_source=surat",
        f"Buka survei: https://booth.example/#{CODE} sebelum 1 Oktober",
        f"https://filter.example/?url=https%3A%2F%2Fbooth.example%2Fen%2F%23{CODE}&data=05%7C02",
        f"#{CODE}&utm_source=surat",
        f"100% https://booth.example/#{CODE}",
    ],
)
def test_a_code_is_found_in_whatever_was_pasted(ask, text):
    """Page and assisted booth read the same code out of a code, a link, or an altered link."""
    assert code_in(text) == CODE
    assert ask({"operation": "codeIn", "text": text}) == [CODE]


@pytest.mark.parametrize(
    "text", ["", "#", "/", CODE[:-1], CODE + "a", f"https://booth.example/#{CODE}a", "%", "u" * 26]
)
def test_what_holds_no_code_is_told_so(ask, text):
    """Nothing is guessed: a code with a letter too few or too many is none."""
    with pytest.raises(codes.MalformedCode):
        code_in(text)
    assert ask({"operation": "codeIn", "text": text}) == [None]
