"""The results of a wave: what each number is, for whoever computes, keeps, shows or releases it.

The names of the fields are the names in the stored JSON; docs/reference/files.md lists them. A
field whose default is ``UNSET`` may be absent there. Each type says when.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import UNSET, Struct, UnsetType

from espi.method.index.answer_tables import AnswerTable
from espi.method.index.scores import Score, Share, Words
from espi.method.index.service_areas import AreaResult, CategoryResult, SmallAreaModel
from espi.method.measurement.reliability import Reliability


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionScore(Score):
    """A dimension of a component.

    Attributes:
        part: its share of the component, 0–1.
    """

    part: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemScore(Score):
    """A question.

    Attributes:
        label: the question, by language.
        dimension: code of the dimension it belongs to.
        share: of prevalence items only.
    """

    label: Words
    dimension: str
    share: Share | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentResult(Score):
    """A respondent group's component of one agency.

    Attributes:
        dimensions: by code.
        covariance: of the dimension scores, by the alphabet of their codes.
        items: by code; only those with enough answers.
        areas: score of each unit or service, by name, in runs of before service areas; newer runs
            have ``AgencyResult.service_areas``.
        joining: points that joining strata at the opening moved the score by at most (M30); None
            where nobody knows. Absent until an estimation run adds it, and in runs of earlier
            versions.
    """

    dimensions: Mapping[str, DimensionScore]
    covariance: Sequence[Sequence[float]]
    items: Mapping[str, ItemScore]
    areas: Mapping[str, Score] = field(default_factory=dict)
    joining: float | UnsetType | None = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedStratum:
    """A stratum that was joined to another one of the same agency and group.

    Attributes:
        respondents: how many answers it had, as they may be shown: ``"12"``, or ``"<10"``.
    """

    stratum: str
    into: str
    respondents: str


class Rank(Struct, frozen=True, kw_only=True, rename={"estimated": "place"}):
    """Where the true rank of an agency may lie (M27); 1 is the highest index.

    Attributes:
        estimated: rank of the estimate; ``place`` in stored results and in published files.
        best: the best rank that the true index may have; ``worst`` the worst one.
        alike: other agencies that cannot be told apart from this one.
    """

    estimated: int
    best: int
    worst: int
    alike: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexChange:
    """By how many points an index changed since the wave before (M24, M25).

    Attributes:
        p: of no change; ``q`` the same, adjusted for all agencies.
    """

    points: float
    se: float
    ci_low: float
    ci_high: float
    p: float
    q: float


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEstimate:
    """The index of an agency, as far as nation, ranks and changes are computed from it."""

    code: str
    index: float
    se: float
    df: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The index of an agency with all that is said of it (M11, M12).

    Attributes:
        index: the composition less the corrections.
        raw: the composition before corrections.
        ci_low: lower end of the 95 % interval of the index; ``ci_high`` the upper one.
        band: code of the band the index lies in; None where the specification has no bands.
        band_probability: of the true index lying in this band, 0–1.
    """

    index: float
    raw: float
    se: float
    infinite_se: float
    unseen: float
    ci_low: float
    ci_high: float
    df: int
    band: str | None
    band_probability: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedArea:
    """A unit or service whose answers are unusually alike.

    Attributes:
        area: its code, as in the records.
        n: respondents of it.
    """

    group: str
    area: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexWithout:
    """What the index of an agency would be without its flagged units.

    Attributes:
        ci_low: lower end of the 95 % interval; ``ci_high`` the upper one. None where there is no
            index, and in runs of earlier versions.
        areas: the flagged units; none in runs of earlier versions.
    """

    index: float | None
    se: float | None
    ci_low: float | None = None
    ci_high: float | None = None
    areas: Sequence[FlaggedArea] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFields:
    """The numbers of a ``Headline``, which stand in the agency itself in the stored JSON.

    They are None together, where the index is withheld.
    """

    index: float | None = None
    raw: float | None = None
    se: float | None = None
    infinite_se: float | None = None
    unseen: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    df: int | None = None
    band: str | None = None
    band_probability: float | None = None

    @property
    def headline(self) -> Headline | None:
        """The index with its uncertainty; None where it is withheld."""
        if (
            self.index is None
            or self.raw is None
            or self.se is None
            or self.infinite_se is None
            or self.unseen is None
            or self.ci_low is None
            or self.ci_high is None
            or self.df is None
        ):
            return None
        return Headline(
            index=self.index,
            raw=self.raw,
            se=self.se,
            infinite_se=self.infinite_se,
            unseen=self.unseen,
            ci_low=self.ci_low,
            ci_high=self.ci_high,
            df=self.df,
            band=self.band,
            band_probability=self.band_probability,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyResult(IndexFields):
    """All results of one agency.

    Attributes:
        n: respondents by group.
        few: groups that answered, but too few for their answers to carry the agency's name.
        components: by group; without those with too few answers.
        corrections: points taken off, by the name of the correction.
        withheld: why there is no index, such as ``"too few answers: expert"``; None where there is.
        joining: as in ``ComponentResult``, for the index.
        without_flagged: None where no unit of the agency is flagged. Absent until an estimation run
            adds it, and in runs of earlier versions.
        service_areas: the service areas of each group, by code; none of a group without any, and
            in runs of earlier versions. Employees and users are never one list.
        answer_tables: by group, how people answered what enters no score; none in runs of earlier
            versions.
    """

    code: str
    name: str
    type: str
    n: Mapping[str, int]
    few: Sequence[str] = ()
    components: Mapping[str, ComponentResult]
    corrections: Mapping[str, float]
    withheld: str | None
    collapsed: Sequence[JoinedStratum] = ()
    rank: Rank | None = None
    change: IndexChange | None = None
    joining: float | UnsetType | None = UNSET
    without_flagged: IndexWithout | UnsetType | None = UNSET
    service_areas: Mapping[str, Sequence[AreaResult]] = field(default_factory=dict)
    answer_tables: Mapping[str, Sequence[AnswerTable]] = field(default_factory=dict)

    @property
    def estimate(self) -> IndexEstimate | None:
        """The index as far as others are computed from it; None where it is withheld."""
        if self.index is None or self.se is None or self.df is None:
            return None
        return IndexEstimate(code=self.code, index=self.index, se=self.se, df=self.df)


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalResult:
    """The national figure: the plain mean of the agencies that have an index (M15).

    Attributes:
        agencies: how many these are.
    """

    index: float
    se: float
    ci_low: float
    ci_high: float
    agencies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMeasurement:
    """How well one group's questionnaire measured, over all agencies (M28).

    Attributes:
        dimensions: reliability by code; None where it cannot be estimated.
        item_nonresponse: share of those concerned who gave no answer, 0–1, by item; None where it
            concerned nobody.
    """

    dimensions: Mapping[str, Reliability | None]
    item_nonresponse: Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveResults:
    """All results of a wave.

    Attributes:
        national: None where no agency has an index.
        measurement: by group.
        categories: each service category over all agencies, by group and code; none in runs of
            earlier versions.
        small_area_models: how the scores of service areas were modelled, one for each group and
            dimension; none in runs of earlier versions.
    """

    agencies: Sequence[AgencyResult]
    national: NationalResult | None
    measurement: Mapping[str, GroupMeasurement]
    categories: Sequence[CategoryResult] = ()
    small_area_models: Sequence[SmallAreaModel] = ()
