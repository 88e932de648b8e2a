"""The audit finds what can be solved for, and nothing else."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from espi.method.disclosure.audit import Leak, Relation, leaks


def test_a_single_hidden_part_of_a_sum_follows():
    """The index less two components is the third."""
    index = Relation("index", {"i": -1.0, "a": 0.3, "b": 0.3, "c": 0.4})

    assert leaks({"c": 4}, [index], 10) == [Leak(("c",), 4, ("index",))]
    assert leaks({"c": 12}, [index], 10) == []
    assert leaks({"b": 12, "c": 4}, [index], 10) == []


def test_two_tables_together_give_away_what_neither_does():
    """Rows and columns of a table: two sums over the same hidden cells leave one."""
    rows = [Relation("row", {"a": 1, "b": 1}), Relation("column", {"a": 1, "b": 1, "c": 1})]

    assert [leak.cells for leak in leaks({"a": 20, "b": 20, "c": 3}, rows, 10)] == [("c",)]


def test_a_sum_of_few_people_is_a_leak_though_no_cell_follows():
    """Three and four people are seven."""
    assert leaks({"a": 3, "b": 4}, [Relation("whole", {"a": 3, "b": 4})], 10) == [
        Leak(("a", "b"), 7, ("whole",))
    ]


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 10**6))
def test_a_cell_is_reported_exactly_where_the_equations_determine_it(relations, cells, seed):
    """Compared with the rank of the system with and without the cell."""
    rng = np.random.default_rng(seed)
    matrix = rng.integers(-1, 2, (relations, cells)).astype(float)
    names = [f"c{k}" for k in range(cells)]
    rows = [Relation("r", dict(zip(names, row, strict=True))) for row in matrix]

    determined = {
        name
        for k, name in enumerate(names)
        if np.linalg.matrix_rank(matrix)
        == np.linalg.matrix_rank(np.vstack([matrix, np.eye(cells)[k]]))
    }
    single = {leak.cells[0] for leak in leaks(dict.fromkeys(names, 3), rows, 4)}
    assert single == determined
