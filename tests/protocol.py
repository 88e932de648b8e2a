"""Entries of the public log as tests need them: whole, with what matters given."""

from __future__ import annotations

from espi.anonymity.v1.directory import RoundEntry, StratumEntry


def round_entry(round_code="uji", **changes):
    """Return the rules of a wave with a minimum of ten, one log and one signer."""
    facts = {
        "level": "L1", "minimum": 10, "election_key": {}, "log": "", "witnesses": (), "quorum": 0,
        "signer": "", "booth": "0" * 64, "ceremony": "",
    }  # fmt: skip
    return RoundEntry(round_code, **(facts | changes))


def stratum_entry(stratum, key="", invited=12, **changes):
    """Return a key stratum of internal respondents."""
    facts = {"round_code": "uji", "parent": "", "group": "internal", "merges": ()}
    return StratumEntry(stratum=stratum, key=key, invited=invited, **(facts | changes))
