"""How the index of a wave is made, in plain words: the same sections on the page and in reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low

from django.utils.translation import gettext as _

from espi.design.models import Group, Wave, in_language
from espi.method.index.released import ReleasedAgency, ReleasedWave
from espi.response.publication import numbers
from espi.response.publication.blocks import (
    Block,
    Bullets,
    Grid,
    Heading,
    Paragraph,
    Question,
    Questions,
    Section,
)
from espi.response.publication.questionnaires import Questionnaire, questionnaires_of
from espi.response.publication.turnout import Turnout, turnout_of
from espi.response.publication.worked import worked_example


@dataclass(frozen=True, slots=True)
class MethodFacts:
    """What the sections on method are written from, read once for all reports of a language."""

    results: ReleasedWave
    questionnaires: Sequence[Questionnaire]
    turnout: Turnout


def method_facts(wave: Wave, results: ReleasedWave) -> MethodFacts:
    """Read what the sections on method need, in the language of the moment."""
    return MethodFacts(results, questionnaires_of(wave), turnout_of(wave))


def method_sections(facts: MethodFacts, example: ReleasedAgency | None) -> list[Section]:
    """Return the sections on method.

    Args:
        facts: of the wave.
        example: the agency whose index is computed step by step; None where none has an index.
    """
    sections = [
        Section(title=_("How the index is made"), blocks=[steps()]),
        Section(title=_("Weights"), blocks=_weights(facts.results)),
        Section(title=_("Those who did not answer"), blocks=_silent(facts)),
        Section(title=_("Margins"), blocks=_margins()),
        Section(title=_("Bands"), blocks=_bands(facts.results)),
        Section(title=_("Service areas and verdicts"), blocks=_areas()),
    ]
    if example is not None:
        blocks = worked_example(facts.results, example)
        sections.append(Section(title=_("A worked example"), blocks=blocks))
    not_shown = Section(title=_("What is not shown"), blocks=_not_shown(facts.results))
    return [*sections, not_shown, questionnaire_section(facts.questionnaires)]


def middle_agency(results: ReleasedWave) -> ReleasedAgency | None:
    """Return the agency with the middle index: an example that praises and blames nobody."""
    with_index = {agency.index: agency for agency in results.agencies if agency.index is not None}
    return with_index[median_low(with_index)] if with_index else None


def steps() -> Bullets:
    """Return the five steps from a list of people to an index."""
    return Bullets(
        [
            _(
                "People who know an agency are drawn by chance from lists: employees, users of its "
                "services, and experts."
            ),
            _(
                "Each answer becomes a score from 0 to 100. Don't know, not applicable and prefer "
                "not to say are missing, never zero."
            ),
            _(
                "Answers are weighted so that they stand for everybody on the list of their "
                "stratum."
            ),
            _(
                "A component is the mean of its dimensions. The index is the weighted sum of the "
                "three components less the corrections, which rest on evidence and are approved by "
                "a second person."
            ),
            _(
                "Every number has a standard error and a 95 % interval from the way the sample was "
                "drawn. They do not cover wrong lists or people who chose not to answer."
            ),
        ],
        numbered=True,
    )


def _weights(results: ReleasedWave) -> list[Block]:
    words = results.specification
    rows = [
        [str(Group(group).label), numbers.weight(weight), ", ".join(_labels(results, group))]
        for group in Group.values
        if (weight := words.components.get(group)) is not None
    ]
    return [
        Paragraph(
            _(
                "The answer of one person stands for all people on the list of the same stratum: "
                "its weight is the number on the list divided by the number who answered. So a "
                "small office that answered in full does not outweigh a large one."
            )
        ),
        Paragraph(
            _(
                "The three components have fixed weights, which are part of the index "
                "specification. Inside a component all dimensions weigh the same unless the "
                "specification says otherwise. Experts are few and weigh most: their component is "
                "the noisiest part of the index."
            )
        ),
        Grid(
            caption=_("Weights of the components"),
            header=[_("Component"), _("Weight"), _("Dimensions")],
            rows=rows,
            widths=[0, 0, 1],
            numbers=[1],
        ),
    ]


def _labels(results: ReleasedWave, group: str) -> list[str]:
    return [in_language(dict(w)) for w in results.specification.dimensions[group].values()]


def _silent(facts: MethodFacts) -> list[Block]:
    return [
        Paragraph(
            _(
                "Inside a stratum, those who answered are treated as a sample by chance of all who "
                "are on its list. Nobody can prove this: if people with bad experiences answer "
                "less often, the scores are too high, and no margin shows it. Therefore the number "
                "of people invited stands beside the number who answered."
            )
        ),
        facts.turnout.of_wave(facts.results),
    ]


def _margins() -> list[Block]:
    return [
        Paragraph(
            _(
                "Had the draw hit other people, the numbers would be others. The 95 % interval "
                "says how much: of a hundred intervals made in this way, about ninety-five hold "
                "the value that asking everybody would have given. It is wide where few answered "
                "or where answers differ much."
            )
        ),
        Paragraph(
            _(
                "Two scores whose intervals overlap much cannot be told apart. Whether two "
                "agencies differ is tested for all pairs together, so that chance differences are "
                "not taken for real ones; that is why ranks are given as a range."
            )
        ),
    ]


def _bands(results: ReleasedWave) -> list[Block]:
    bands = results.specification.bands
    if not bands:
        return [Paragraph(_("The specification of this wave has no bands."))]
    rows = [
        [in_language(dict(band.label)), numbers.score(band.low), numbers.score(band.high)]
        for band in bands
    ]
    return [
        Paragraph(
            _(
                "A band is a name for a range of the index. It is given with the probability that "
                "the true index lies in it: near an edge the band is a matter of chance."
            )
        ),
        Grid(
            caption=_("Bands of the index"),
            header=[_("Band"), _("From"), _("To below")],
            rows=rows,
            widths=[1, 0, 0],
            numbers=[1, 2],
        ),
    ]


def _areas() -> list[Block]:
    return [
        Paragraph(
            _(
                "A service area with few answers borrows strength: its estimate lies between what "
                "its own few answers say and what is usual for areas of its kind, the closer to "
                "its own answers the more there are. The interval covers this too. Where the model "
                "does not fit, the area keeps what its own answers say."
            )
        ),
        Paragraph(
            _(
                "An area is called good, or in need of improvement, only if chance is a poor "
                "explanation, with the number of areas looked at taken into account. Otherwise it "
                "is not different from the rest, or nothing can be said. Areas rated by users and "
                "units rated by employees are never put in one ranking: users answer more kindly."
            )
        ),
    ]


def _not_shown(results: ReleasedWave) -> list[Block]:
    return [
        Paragraph(
            _(
                "A number that rests on fewer than %(least)s people is withheld, and where it "
                "could be found by subtraction, another one too. An agency without enough answers "
                "gets a reason, not a score."
            )
            % {"least": results.minimum_cell}
        )
    ]


def questionnaire_section(questionnaires: Sequence[Questionnaire]) -> Section:
    """Return every questionnaire in full, as it was asked."""
    blocks: list[Block] = [
        Paragraph(
            _(
                "Every score is between 0 and 100, and 100 is always the best, however the "
                "question is put. Below each scored question stands which answers give 0 and 100."
            )
        )
    ]
    for sheet in questionnaires:
        about = _("%(group)s: %(title)s (version %(version)s, %(count)s questions)")
        blocks.append(
            Heading(
                about
                % {
                    "group": sheet.group,
                    "title": sheet.title,
                    "version": sheet.version,
                    "count": sheet.item_count,
                }
            )
        )
        blocks.append(Paragraph(_("SHA-256: %(digest)s") % {"digest": sheet.digest}))
        blocks += [
            Questions(
                section.title,
                section.intro,
                [
                    Question(
                        item.code,
                        item.text,
                        " · ".join(item.answers),
                        "; ".join(part for part in (item.anchors, item.asked_if) if part),
                    )
                    for item in section.items
                ],
            )
            for section in sheet.sections
        ]
    return Section(title=_("Questionnaires"), blocks=blocks)
