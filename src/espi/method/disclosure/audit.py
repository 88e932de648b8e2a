"""Tries to solve for what is hidden, from everything that is published at once.

Published tables are linear in the cells behind them: a component is a weighted sum of dimensions, a
whole is the sum of its parts, a change is the difference of two years. Whoever wants a hidden cell
writes all of them down and eliminates. This does the same before they can.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TINY = 1e-9  # of a coefficient after elimination: what rounding leaves of a zero


@dataclass(frozen=True, slots=True)
class Relation:
    """A linear relation between cells, whose constant is published or follows from what is.

    Attributes:
        label: where it is published, such as ``kab-x internal: areas make the whole``.
        terms: coefficient by name of the cell.
    """

    label: str
    terms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Leak:
    """Hidden cells of too few people whose number, or sum, follows from what is published.

    Attributes:
        cells: their names; one where the cell itself follows.
        people: behind them together.
        labels: relations that it follows from.
    """

    cells: tuple[str, ...]
    people: int
    labels: tuple[str, ...]


def leaks(
    hidden: Mapping[str, int], relations: Sequence[Relation], minimum_cell: int
) -> list[Leak]:
    """Return every sum over too few people that the relations give away.

    Args:
        hidden: people behind each hidden cell, by its name. Cells that are not in it are known.
        relations: all that is published.
        minimum_cell: least people behind any number.
    """
    rows = [
        Relation(relation.label, own)
        for relation in relations
        if (own := {name: c for name, c in relation.terms.items() if name in hidden and c})
    ]
    solved = [leak for block in _blocks(rows) for leak in _of_block(block, hidden, minimum_cell)]
    return sorted(solved, key=lambda leak: leak.cells)


def _blocks(rows: Sequence[Relation]) -> Iterator[list[Relation]]:
    """Yield the relations that share hidden cells, so that each elimination is a small one."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for row in rows:
        first, *others = row.terms
        for other in others:
            parent[root(other)] = root(first)
    blocks: dict[str, list[Relation]] = {}
    for row in rows:
        blocks.setdefault(root(next(iter(row.terms))), []).append(row)
    yield from blocks.values()


def _of_block(
    rows: Sequence[Relation], hidden: Mapping[str, int], minimum_cell: int
) -> Iterator[Leak]:
    # The smallest cells stand last, so that elimination leaves them alone where they can be.
    names = sorted({name for row in rows for name in row.terms}, key=lambda n: (-hidden[n], n))
    position = {name: k for k, name in enumerate(names)}
    matrix = np.zeros((len(rows), len(names)))
    for number, row in enumerate(rows):
        for name, coefficient in row.terms.items():
            matrix[number, position[name]] = coefficient
    labels = tuple(sorted({row.label for row in rows}))
    for row in _reduced(matrix):
        cells = tuple(names[k] for k in np.flatnonzero(row))
        people = sum(hidden[name] for name in cells)
        if people < minimum_cell:
            yield Leak(tuple(sorted(cells)), people, labels)


def _reduced(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rows that are not zero of the reduced row echelon form.

    A cell can be solved for exactly where one of these rows is of that cell alone.
    """
    reduced = matrix / np.abs(matrix).max(axis=1, keepdims=True)
    rank = 0
    for column in range(reduced.shape[1]):
        if rank == reduced.shape[0]:
            break
        pivot = rank + int(np.argmax(np.abs(reduced[rank:, column])))
        if abs(reduced[pivot, column]) < TINY:
            continue
        reduced[[rank, pivot]] = reduced[[pivot, rank]]
        reduced[rank] /= reduced[rank, column]
        others = np.arange(reduced.shape[0]) != rank
        reduced[others] -= np.outer(reduced[others, column], reduced[rank])
        rank += 1
    left = reduced[:rank]
    return np.where(np.abs(left) < TINY, 0.0, left)
