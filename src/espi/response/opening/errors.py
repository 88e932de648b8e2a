"""Why a box is not opened. Nothing is written then."""

from __future__ import annotations


class OpeningRefused(Exception):
    """The opening stops before anything was written; the message says why."""


class BoxFolderFaulty(OpeningRefused):
    """The folder is not what a box exports, or differs from the public log."""


class WrongShares(OpeningRefused):
    """The shares are too few, mistyped, or of another key."""


class WrongTranscript(OpeningRefused):
    """The transcript is not that of the ceremony that made this wave's key."""


class CountsDoNotReconcile(OpeningRefused):
    """There are more ballots than signatures were issued for."""


class PlantedMissing(OpeningRefused):
    """Planted answers did not come out as they went in, or others were committed to."""


class NamesPeople(OpeningRefused):
    """The extract would hold a combination of labels that too few people share."""
