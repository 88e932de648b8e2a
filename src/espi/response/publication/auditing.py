"""Everything that an auditor can check of a wave, in the order in which it came to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from espi.design.models import Wave
from espi.platform.audit_check import KeptHead, heads_file, read_heads
from espi.response.ballotbox.queries import opening_of
from espi.response.log.models import Log
from espi.response.log.queries import directory_in, newest_of
from espi.response.publication import numbers
from espi.response.publication.models import Release
from espi.response.publication.queries import released, results_of
from espi.response.publication.words import METHOD_NAMES, specification_name


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditStep:
    """Something that can be checked, with the command that does it.

    Attributes:
        facts: label and value, such as a digest to note; none where it has not happened yet.
        files: label and address.
        commands: to be typed as they stand; upper case is to be filled in.
    """

    title: str
    what: str
    facts: Sequence[tuple[str, str]] = ()
    files: Sequence[tuple[str, str]] = ()
    commands: Sequence[str] = ()


def audit_steps(wave: Wave) -> list[AuditStep]:
    """Return what can be checked of a wave; a step that has not happened yet has no facts."""
    log, release = Log.objects.filter(wave=wave).first(), released(wave)
    lists = directory_in(log).invitations.lists if log else ""
    draw_page = (_("Page of the draw"), f"{settings.REGISTRY_URL}/{wave.code}/cabut")
    return [
        AuditStep(
            title=_("Lists closed"),
            what=_(
                "Before the seed exists, one digest fixes all lists and the rule of the draw. Note "
                "it when it is announced; it stands in the public log as well."
            ),
            facts=[(_("SHA-256 of the commitment"), lists)] if lists else [],
            files=[draw_page],
        ),
        AuditStep(
            title=_("Draw"),
            what=_(
                "The published folder of the draw replays who was drawn, from counts, rule and the "
                "dice that observers saw."
            ),
            files=[draw_page],
            commands=[
                f"espi draw verify FOLDER --root {lists or 'DIGEST'}",
                "espi draw check-list FILE --root LISTROOT",
            ],
        ),
        _record(wave, log),
        _opening(wave),
        _run(wave, release),
        _bundle(wave, release),
        _release(release),
        _audit_log(),
    ]


def _record(wave: Wave, log: Log | None) -> AuditStep:
    address = f"{settings.BOX_URL}/record/{wave.code}"
    facts = []
    if log is not None:
        newest = newest_of(log)
        facts = [
            (_("Origin of the log"), log.origin),
            (_("Entries at the newest checkpoint"), numbers.count(newest.size)),
            (_("Root of the tree at that size"), bytes(newest.root).hex()),
        ]
    names = ("keys.json", "checkpoint", "frame.bin", "used.bin")
    return AuditStep(
        title=_("Public log"),
        what=_(
            "Keys, the hashes of all invitations and every accepted envelope stand in a log that "
            "witnesses sign. A program that has none of our code reads all of it, and compares "
            "the respondents' page with what the log says it is."
        ),
        facts=facts,
        files=[(name, f"{address}/{name}") for name in names],
        commands=[f"espi-verify {address} --keys keys.json --page {settings.BOOTH_URL}"],
    )


def _opening(wave: Wave) -> AuditStep:
    opening = opening_of(wave)
    facts = []
    if opening is not None:
        counts = [
            (_("Envelopes in the box"), opening.released),
            (_("Opened"), opening.opened),
            (_("Spoiled"), opening.spoiled),
            (_("Planted by auditors, and come out as given"), opening.planted),
        ]
        facts = [(label, numbers.count(count)) for label, count in counts]
        facts += [
            (_("SHA-256 of the transcript"), opening.transcript_digest),
            (_("SHA-256 of the opened answers"), opening.extract_digest),
        ]
    return AuditStep(
        title=_("Opening"),
        what=_(
            "Two of three trustees open the box together, on a machine without network, before "
            "observers. The last entry of the log fixes what came out."
        ),
        facts=[(label, value) for label, value in facts if value],
        commands=["espi opening open FOLDER TARGET"],
    )


def _run(wave: Wave, release: Release | None) -> AuditStep:
    facts = []
    if release is not None:
        method = results_of(release).method
        facts = [
            (_("Index specification"), specification_name(method.specification)),
            (_(METHOD_NAMES["specification_digest"]), method.specification_digest),
            (_(METHOD_NAMES["answers_digest"]), method.answers_digest),
            (_(METHOD_NAMES["tallies_digest"]), method.tallies_digest),
            (_(METHOD_NAMES["corrections_digest"]), method.corrections_digest),
            (_(METHOD_NAMES["method_version"]), method.method_version),
            (_(METHOD_NAMES["seed"]), method.seed),
            (_(METHOD_NAMES["results_digest"]), method.results_digest),
        ]
    return AuditStep(
        title=_("Estimation run"),
        what=_(
            "The run can be repeated at the survey authority, in your presence: the same "
            "inputs, version and seed must give the same results to the byte."
        ),
        facts=facts,
        commands=[f"espi estimation check --wave {wave.code}"],
    )


def _bundle(wave: Wave, release: Release | None) -> AuditStep:
    files = [
        (_("Release as JSON"), reverse("publication:index_json", args=[wave.code])),
        (_("Table as CSV"), reverse("publication:index_csv", args=[wave.code])),
        (_("Table for Excel"), reverse("publication:index_xlsx", args=[wave.code])),
    ]
    digest = release.digest if release else "DIGEST"
    return AuditStep(
        title=_("Bundle"),
        what=_(
            "Everything that was released is one file. From it every published score can be "
            "recomputed on your own machine, without a database."
        ),
        facts=[(_(METHOD_NAMES["release_digest"]), digest)] if release else [],
        files=files if release else [],
        commands=[f"espi bundle verify indeks.json --digest {digest}"],
    )


def _release(release: Release | None) -> AuditStep:
    on = release.released_on if release else None
    return AuditStep(
        title=_("Release"),
        what=_(
            "One person proposes the release and another approves it; both stand in the audit "
            "log. The digest above is on every page of every report."
        ),
        facts=[(_("Released"), date_format(on, "j F Y"))] if on else [],
    )


def _audit_log() -> AuditStep:
    newest = _kept_head()
    facts = []
    if newest is not None:
        facts = [
            (_("Day"), date_format(newest.on, "j F Y")),
            (_("Lines"), numbers.count(newest.head.lines)),
            (_("Hash of the last line"), newest.head.chain.hex()),
        ]
    return AuditStep(
        title=_("Audit log"),
        what=_(
            "Whatever staff do is one line in a chained log. Its end is kept outside the database "
            "every night. Note this end: later it shows whether a line before it was changed."
        ),
        facts=facts,
        commands=["espi --bank response audit verify"],
    )


def _kept_head() -> KeptHead | None:
    """Return the newest end of the audit log that was kept; None where none can be read."""
    path = heads_file()
    try:
        heads = read_heads(path, "response") if path else []
    except (OSError, ValueError):
        # The page still shows the other steps; `espi audit verify` names the faulty line.
        return None
    return heads[-1] if heads else None
