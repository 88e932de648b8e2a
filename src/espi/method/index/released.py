"""What of a wave's results is public, after disclosure control: the content of a released bundle.

The names of the fields are the names in the published JSON; docs/reference/files.md lists them. A
field whose default is ``UNSET`` may be absent there. Each type says when.

Every type of numbers here is abstract, so that mypy and the interpreter refuse to make one:
``disclose`` in ``espi.response.publication.disclosure`` alone has the classes that can be made.
Whoever is handed one of these types therefore holds what passed disclosure control, or what was
read back from a release.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from msgspec import UNSET, UnsetType

from espi.method.index.answer_tables import Topic
from espi.method.index.document import IndexFields, Rank
from espi.method.index.released_facts import (
    AbsentAgency,
    Evidence,
    MethodDigests,
    SpecificationWords,
    WaveTitle,
)
from espi.method.index.scores import Words
from espi.method.index.service_areas import Silence
from espi.method.small_areas.scores import Model
from espi.method.verdicts.verdict import Verdict


class Released(ABC):
    """Numbers that passed disclosure control: rounded, with enough people behind each."""

    __slots__ = ()

    @abstractmethod
    def _passed_disclosure_control(self) -> None:
        """Exist, so that only the classes of ``disclosure`` can be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedScore(Released):
    """A score of 0–100 with its uncertainty, two decimals each; fields as in ``Score``."""

    score: float
    se: float
    infinite_se: float
    unseen: float
    ci_low: float
    ci_high: float
    n: int
    df: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedDimension(ReleasedScore):
    """A dimension of a component.

    Attributes:
        part: its share of the component, 0–1, six decimals.
    """

    part: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedShare(Released):
    """A share of people, 0–1, with its uncertainty, four decimals each; fields as in ``Share``."""

    share: float
    se: float
    infinite_se: float
    unseen: float
    ci_low: float
    ci_high: float
    n: int
    df: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedItem(ReleasedScore):
    """A question.

    Attributes:
        label: the question, by language.
        dimension: code of the dimension it belongs to.
        share: of prevalence items with enough answers only.
    """

    label: Words
    dimension: str
    share: ReleasedShare | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedComponent(ReleasedScore):
    """A respondent group's component of one agency.

    Attributes:
        dimensions: by code; only those with enough answers.
        correlation: of these dimensions, by the alphabet of their codes.
        items: by code.
        areas: units and services by name, in releases of before service areas.
        joining: points that joining strata at the opening moved the score by at most (M30); None
            where nobody knows. Absent in releases of earlier versions.
    """

    dimensions: Mapping[str, ReleasedDimension]
    correlation: Sequence[Sequence[float]]
    items: Mapping[str, ReleasedItem]
    areas: Mapping[str, ReleasedScore] = field(default_factory=dict)
    joining: float | UnsetType | None = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedModelScore(Released):
    """A score that borrows strength from other areas, two decimals; fields as in ``ModelScore``."""

    score: float
    se: float
    ci_low: float
    ci_high: float
    model: Model
    own: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedAreaFigure(Released):
    """One score of a service area; fields as in ``AreaFigure``."""

    direct: ReleasedScore
    model: ReleasedModelScore


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedBar(Released):
    """A service area against one bar, two decimals; fields as in ``BarVerdict``."""

    gap: float
    above: float
    below: float
    near: float
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedJudgement(Released):
    """A service area against all bars; fields as in ``AreaJudgement``."""

    own_mean: ReleasedBar | None
    category_mean: ReleasedBar | None
    band: ReleasedBar | None
    headline: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedArea(Released):
    """A service, or a unit of employees, as one group of respondents rates it.

    Attributes:
        code: of the service area, or ``category:<slug>``; without a register the unit's name.
        name: by language.
        category: code of its service category; "" where there is none.
        n: respondents as they may be shown: ``"40"`` or ``"<10"``.
        silent: why nothing is shown; None where the area speaks.
        component: None where the area is silent.
        dimensions: by code; only those with enough answers.
        prevalence: by code of the question; only those with enough answers.
        judgement: None where the area is silent.
    """

    code: str
    name: Words
    category: str
    n: str
    silent: Silence | None
    component: ReleasedAreaFigure | None = None
    dimensions: Mapping[str, ReleasedAreaFigure] = field(default_factory=dict)
    prevalence: Mapping[str, ReleasedShare] = field(default_factory=dict)
    judgement: ReleasedJudgement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedCategory(Released):
    """A service category over all agencies, two decimals; fields as in ``CategoryResult``."""

    group: str
    code: str
    name: Words
    n: int
    areas: int
    agencies: int
    score: float
    se: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedModel(Released):
    """How areas were modelled, two decimals; fields as in ``SmallAreaModel``."""

    group: str
    target: str
    model: Model
    fit: Mapping[str, str]
    areas: int
    area_variance: float | None
    own: float
    moved: float
    coefficients: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedChange(Released):
    """By how many points an index changed since the wave before; fields as in ``IndexChange``."""

    points: float
    se: float
    ci_low: float
    ci_high: float
    p: float
    q: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedAnswer(Released):
    """Those who gave one answer.

    Attributes:
        value: as in ``AnswerPart``, and ``label`` too.
        n: how many gave it: ``"40"`` or ``"0"``; "" where it may not be shown, be it that they are
            few or that few would follow from them.
        share: None where it may not be shown.
    """

    value: str
    label: Words
    n: str
    share: ReleasedShare | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedTable(Released):
    """How one group of an agency divides over the answers to one question; as ``AnswerTable``."""

    code: str
    topic: Topic
    label: Words
    n: int
    parts: Sequence[ReleasedAnswer]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedFlag(Released):
    """A unit or service whose answers are unusually alike.

    Attributes:
        name: by language; empty where the area may not be named.
        n: respondents as they may be shown; "" where the area may not be named.
    """

    group: str
    name: Words
    n: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedWithout(Released):
    """The index of an agency without its flagged units, two decimals."""

    index: float
    se: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedAgency(IndexFields, Released):
    """All that is public of one agency.

    Attributes:
        withheld: why there is no index; None where there is one.
        n: respondents by group, as they may be shown: ``"40"``, ``"<10"`` or ``"0"``.
        corrections: points taken off, by the name of the correction.
        components: by group; those that may be shown, also where the index is withheld.
        joining: as in ``ReleasedComponent``, for the index.
        province: where the agency is; "" for the whole nation or in earlier releases.
        tile: column and row on the tile map of the nation; None where it has no place there.
        service_areas: by group, in the order of the codes; none in releases of earlier versions.
        answer_tables: by group, how people answered what enters no score; none in releases of
            earlier versions.
        flagged: units whose answers are unusually alike; None in releases of earlier versions.
        without_flagged: None where no unit is flagged, or where it may not be shown.
    """

    code: str
    name: str
    type: str
    withheld: str | None
    n: Mapping[str, str]
    corrections: Mapping[str, float]
    components: Mapping[str, ReleasedComponent]
    rank: Rank | None = None
    change: ReleasedChange | None = None
    joining: float | UnsetType | None = UNSET
    evidence: Sequence[Evidence] = ()
    province: str = ""
    tile: tuple[int, int] | None = None
    service_areas: Mapping[str, Sequence[ReleasedArea]] = field(default_factory=dict)
    answer_tables: Mapping[str, Sequence[ReleasedTable]] = field(default_factory=dict)
    flagged: Sequence[ReleasedFlag] | None = None
    without_flagged: ReleasedWithout | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedNational(Released):
    """The national figure; fields as in ``NationalResult``."""

    index: float
    se: float
    ci_low: float
    ci_high: float
    agencies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedWave(Released):
    """All that is public of a wave.

    Attributes:
        rehearsal: whether the wave is an exercise with a fictional nation.
        minimum_cell: least respondents behind any number.
        national: None where no agency has an index.
        categories: service categories over all agencies, by group and code.
        small_area_models: how the scores of service areas were made.
        dropped: agencies that were taken out of the wave, with the reason.
    """

    wave: WaveTitle
    rehearsal: bool
    minimum_cell: int
    method: MethodDigests
    specification: SpecificationWords
    national: ReleasedNational | None
    agencies: Sequence[ReleasedAgency]
    categories: Sequence[ReleasedCategory] = ()
    small_area_models: Sequence[ReleasedModel] = ()
    dropped: Sequence[AbsentAgency] = ()


def read_released(content: object) -> ReleasedWave:
    """Return the results of a release, from its JSON.

    Raises:
        ValueError: the content is not of the shape of docs/reference/files.md.
    """
    released: ReleasedWave = msgspec.convert(content, ReleasedWave)
    return released
