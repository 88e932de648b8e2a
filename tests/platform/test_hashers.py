"""Password hashes are made a few at a time, and stay those of Django."""

from __future__ import annotations

import threading
import time

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from espi.accounts import hashers
from espi.platform.errors import Busy
from espi.site.settings import common

PASSWORD = "synthetic words for a test"


def test_the_programs_use_the_capped_hasher():
    assert common.PASSWORD_HASHERS == ["espi.accounts.hashers.CappedArgon2PasswordHasher"]


def test_hashes_are_those_of_django():
    """What was stored before is still understood, in both directions."""
    ours, theirs = hashers.CappedArgon2PasswordHasher(), Argon2PasswordHasher()

    assert ours.verify(PASSWORD, theirs.encode(PASSWORD, "saltsalt"))
    assert theirs.verify(PASSWORD, ours.encode(PASSWORD, "saltsalt"))
    assert not ours.verify("other", theirs.encode(PASSWORD, "saltsalt"))


def test_no_more_than_a_few_at_a_time(monkeypatch):
    """Eight threads ask; the real hasher is never entered by more than two at once."""
    inside, most, lock = 0, 0, threading.Lock()
    hash_it = Argon2PasswordHasher.verify

    def counted(self, password, encoded):
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.05)
        try:
            return hash_it(self, password, encoded)
        finally:
            with lock:
                inside -= 1

    monkeypatch.setattr(Argon2PasswordHasher, "verify", counted)
    ours = hashers.CappedArgon2PasswordHasher()
    encoded = ours.encode(PASSWORD, "saltsalt")
    threads = [threading.Thread(target=ours.verify, args=(PASSWORD, encoded)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == hashers.AT_A_TIME


def test_who_waits_too_long_is_told_to_come_again(monkeypatch):
    """And the turn is given back after a failure, too."""
    monkeypatch.setattr(hashers, "PATIENCE", 0.01)
    ours = hashers.CappedArgon2PasswordHasher()
    with hashers._turn(), hashers._turn(), pytest.raises(Busy):
        ours.verify(PASSWORD, "x")
    for _ in range(3):
        with pytest.raises(ValueError, match="values to unpack"):
            ours.verify(PASSWORD, "no hash")
    assert ours.encode(PASSWORD, "saltsalt")
