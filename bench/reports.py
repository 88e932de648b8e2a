"""How long a report takes to be set, as a ratio to an empty PDF of the same engine."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import typst

from espi.response.publication.blocks import (
    Cover,
    Document,
    Figures,
    Heat,
    HeatCell,
    HeatRow,
    Paragraph,
    Question,
    Questions,
    ReportFigure,
    Section,
)
from espi.response.publication.typesetting.pool import write_sheets
from espi.response.publication.typesetting.setting import Sheet, typeset

AREAS, DIMENSIONS, QUESTIONS = 12, 7, 60
EMPTY = b'#set document(title: "empty")\n#set text(lang: "en")\nempty'


def document(number: int) -> bytes:
    """Return a report as in life: 12 service areas, 60 questions, 18 pages; no two are alike."""
    cell = HeatCell(value=f"{number}.11", interval="60.00 – 80.00", n="34", tone=number % 5)
    heat = Heat(
        caption="Service areas", first="Service area",
        columns=[f"Dimension {k}" for k in range(DIMENSIONS)],
        rows=[HeatRow(f"Area {k}", "good", [cell] * DIMENSIONS) for k in range(AREAS)],
        legend=["worst", "bad", "middle", "good", "best", "nothing"],
    )  # fmt: skip
    figure = ReportFigure(label=f"Question of {number}", note="0 = often, 100 = never",
                          value="71.43", interval="63.20 – 78.44", n="340",
                          at=(63.2, 71.43, 78.44))  # fmt: skip
    figures = Figures(caption="Questions", first="Question", rows=[figure] * QUESTIONS,
                      header=("0 – 100", "Score", "95 % interval", "Answers"))  # fmt: skip
    question = Question("tug1", "How often does it happen?", "Never · Rarely · Often", "0 = often")
    text = Paragraph("A sentence that says how a number came to be, and how sure it is. " * 6)
    sections = [
        Section(title="Areas", blocks=[text, heat], wide=True),
        *(Section(title=f"Part {k}", blocks=[text, figures]) for k in range(3)),
        Section(title="Questionnaire", blocks=[Questions("Part", "", [question] * QUESTIONS)]),
    ]
    return msgspec.json.encode(
        Document(
            language="en", cover=Cover(title="Report", name=f"Agency {number}", facts=[], note=""),
            summary=Section(title="Summary", blocks=[text]), sections=sections,
            running=["release"], rehearsal="",
            words={"page": "Page", "contents": "Contents", "code": "Code", "question": "Question",
                   "answers_offered": "Answers"},
        )
    )  # fmt: skip


def empty() -> None:
    """Set an empty PDF/UA."""
    typst.compile(EMPTY, format="pdf", pdf_standards=["ua-1"])


def one(number: int) -> None:
    """Set one report in this process."""
    typeset(document(number))


def many(count: int, processes: int) -> None:
    """Set reports in several processes, as a release does."""
    with TemporaryDirectory() as folder:
        sheets = (Sheet(Path(folder) / f"{k}.pdf", document(k)) for k in range(count))
        for _path in write_sheets(sheets, processes):
            pass
