"""A witness: signs what a log says, as long as it extends what it said before. P13."""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from espi_verify.errors import Malformed, Unusable
from espi_verify.notes import (
    COSIGNATURE,
    DASH,
    DAY,
    ED25519,
    TIME,
    Checkpoint,
    Key,
    cosigned_text,
    key_id,
    read_base64,
    read_checkpoint,
    read_key,
    read_size,
    write_key,
)
from espi_verify.tree import EMPTY_ROOT, HASH, is_consistent

KEY_FILE, LOCK, STATE, EVIDENCE = "witness-key.json", "lock", "state", "evidence"
MOST_PROOF_LINES = 63
OLD = "old "


class Refused(Exception):
    """The witness does not sign; ``status`` is that of HTTP."""

    def __init__(self, status: int, why: str, size: int | None = None) -> None:
        """Give status and reason; and the size that was signed last, where they conflict."""
        super().__init__(why)
        self.status = status
        self.size = size


@dataclass(frozen=True, slots=True)
class Submission:
    """What a log submits."""

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    content: bytes


def create_key(folder: Path, name: str) -> str:
    """Make a witness's key in a folder and return its vkey.

    Raises:
        Unusable: the name cannot be one, or there is a key already.
    """
    secret = Ed25519PrivateKey.generate()
    vkey = write_key(name, COSIGNATURE, secret.public_key().public_bytes_raw())
    try:
        read_key(vkey, COSIGNATURE)
    except Malformed:
        raise Unusable(f"{name!r} cannot be a name: no blanks, no plus") from None
    folder.mkdir(parents=True, exist_ok=True)
    content = {"name": name, "secret": b64encode(secret.private_bytes_raw()).decode()}
    try:
        descriptor = os.open(folder / KEY_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Unusable(f"{folder / KEY_FILE} is there already") from None
    with os.fdopen(descriptor, "w") as file:
        file.write(json.dumps(content) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return vkey


def read_submission(body: bytes) -> Submission:
    """Return what the body of a request says.

    Raises:
        Malformed: it has not the form of tlog-witness.
    """
    head, separator, content = body.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise Malformed("the lines before the checkpoint are not ASCII") from None
    if not separator or not lines[0].startswith(OLD):
        raise Malformed("expected a line with the old size, a proof and a blank line")
    if len(lines) - 1 > MOST_PROOF_LINES:
        raise Malformed(f"more than {MOST_PROOF_LINES} lines of proof")
    proof = tuple(read_base64(line) for line in lines[1:])
    if any(len(neighbour) != HASH for neighbour in proof):
        raise Malformed("a line of the proof is not a hash")
    checkpoint = read_checkpoint(content, extensions=True)
    return Submission(read_size(lines[0].removeprefix(OLD)), proof, checkpoint, content)


class Witness:
    """Holds a key, the logs it knows, and what it signed last for each."""

    def __init__(self, folder: Path, logs: Sequence[str]) -> None:
        """Read the key.

        Args:
            folder: with the key; state and evidence are kept there too.
            logs: vkeys of the logs it signs for.

        Raises:
            Unusable: the key or a vkey cannot be read.
        """
        self._folder = folder
        self._lock = threading.Lock()
        self._logs: dict[str, list[Key]] = {}
        try:
            content = json.loads((folder / KEY_FILE).read_text())
            self._name = str(content["name"])
            self._secret = Ed25519PrivateKey.from_private_bytes(b64decode(content["secret"]))
            for text in logs:
                key = read_key(text, ED25519)
                self._logs.setdefault(key.name, []).append(key)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Unusable(f"{folder / KEY_FILE} or a key of a log: {error}") from None
        self._alone = os.open(folder / LOCK, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._alone)
            raise Unusable(f"another witness runs in {folder}") from None
        (folder / STATE).mkdir(exist_ok=True)
        (folder / EVIDENCE).mkdir(exist_ok=True)

    def close(self) -> None:
        """Let another process be the witness of this folder."""
        os.close(self._alone)

    @property
    def vkey(self) -> str:
        """The witness's own key, as it is published."""
        return write_key(self._name, COSIGNATURE, self._secret.public_key().public_bytes_raw())

    def sign(self, body: bytes) -> str:
        """Return the line with the cosignature of a submitted checkpoint.

        Raises:
            Refused: it does not extend what was signed before, or is not the log's.
        """
        try:
            submission = read_submission(body)
        except Malformed as error:
            raise Refused(400, str(error)) from None
        self._check_log(submission.checkpoint)
        if submission.old_size > submission.checkpoint.size:
            raise Refused(400, "the old size is more than the new one")
        with self._lock:
            self._check_extends(submission)
            self._keep(self._state(submission.checkpoint.origin), submission.content)
        return self._cosignature(submission.checkpoint)

    def _check_log(self, checkpoint: Checkpoint) -> None:
        keys = self._logs.get(checkpoint.origin)
        if keys is None:
            raise Refused(404, "this log is not known here")
        note = checkpoint.note
        if not any(key.signed(signature, note.text) for key in keys for signature in note.of(key)):
            raise Refused(403, "no signature of the log is valid")

    def _check_extends(self, submission: Submission) -> None:
        path = self._state(submission.checkpoint.origin)
        signed_last = path.read_bytes() if path.exists() else b""
        last = read_checkpoint(signed_last, extensions=True) if signed_last else None
        size, root = (last.size, last.root) if last else (0, EMPTY_ROOT)
        new = (submission.checkpoint.size, submission.checkpoint.root)
        if new[0] == size and new[1] != root:
            self._keep_evidence(submission, signed_last)
            raise Refused(409, "another root was signed for this size", size)
        if submission.old_size != size:
            raise Refused(409, "another size was signed last", size)
        if not is_consistent((size, root), new, submission.proof):
            self._keep_evidence(submission, signed_last)
            raise Refused(422, "the proof does not show that the checkpoint extends the last one")

    def _state(self, origin: str) -> Path:
        return self._folder / STATE / sha256(origin.encode()).hexdigest()

    def _keep_evidence(self, submission: Submission, signed_last: bytes) -> None:
        """Keep two checkpoints that do not fit together: they prove that the log has forked."""
        for content in (submission.content, signed_last):
            if content:
                checkpoint = read_checkpoint(content, extensions=True)
                text = sha256(checkpoint.note.text).hexdigest()[:16]
                self._keep(self._folder / EVIDENCE / f"{checkpoint.size}-{text}", content)

    def _keep(self, path: Path, content: bytes) -> None:
        temporary = path.with_name(f".{path.name}.new")
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        # Without the folder on the disk a power cut could bring the old state back, and the witness
        # would sign a fork.
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _cosignature(self, checkpoint: Checkpoint) -> str:
        midnight = int(time.time()) // DAY * DAY
        signature = self._secret.sign(cosigned_text(midnight, checkpoint.note.text))
        public = self._secret.public_key().public_bytes_raw()
        content = key_id(self._name, COSIGNATURE, public) + midnight.to_bytes(TIME, "big")
        return f"{DASH}{self._name} {b64encode(content + signature).decode()}\n"
