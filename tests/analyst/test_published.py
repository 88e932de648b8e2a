"""``espi published check``: what it prints and what it refuses (M12)."""

from __future__ import annotations

import json

from click.testing import CliRunner

from espi.analyst.published import check_published
from tests.method.test_published import GOOD, write

OTHER = GOOD.replace("2023,1,Kab X", "2023,2,Kab Y").replace("75.36", "70.00")


def test_the_command_speaks_to_people_and_to_machines(tmp_path):
    """The same facts in both forms; a misfit is shown, not hidden."""
    path = write(tmp_path, GOOD, OTHER)
    printed = CliRunner().invoke(check_published, [str(path)]).output
    plain = json.loads(CliRunner().invoke(check_published, [str(path), "--json"]).output)

    assert "2023: 2 rows, 1 within 0.02" in printed
    assert "residual  -5.36" in printed
    [year] = plain["years"]
    assert (year["rows"], year["within_0_02"], len(year["misfits"])) == (2, 1, 1)


def test_a_faulty_file_is_a_sentence_not_a_trace(tmp_path):
    """The row, and how to mend it."""
    result = CliRunner().invoke(check_published, [str(write(tmp_path, GOOD, GOOD))])

    assert result.exit_code == 1
    assert "row 3: 'Kab X' of 2023 stands in published.csv, row 2 already" in result.output
