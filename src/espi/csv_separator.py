"""Which sign separates the cells of a CSV file, and how its numbers are written.

A spreadsheet of an Indonesian office saves cells with semicolons between and numbers with a decimal
comma; most programs write commas and points. Whoever reads such a file takes both.
"""

from __future__ import annotations

SEPARATORS = ",;\t"


def separator_of(header: str) -> str:
    """Return what separates the cells of a header: the most frequent of comma, semicolon and tab.

    Args:
        header: the first line of the file.
    """
    return max(SEPARATORS, key=header.count)


def with_decimal_point(text: str, separator: str) -> str:
    """Return a number as programs read it: ``71,35`` of a file with semicolons is ``71.35``.

    A text with a point stays as it is: whether ``1.234`` is a thousand or little more than one
    cannot be known.

    Args:
        text: a cell.
        separator: of the file that it stands in.
    """
    return text.replace(",", ".") if separator == ";" and "." not in text else text
