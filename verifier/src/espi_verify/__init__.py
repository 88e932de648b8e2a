"""Checks the public record of a wave. Written from docs/protocol alone, without code of espi."""

from __future__ import annotations

__version__ = "0.1.0"
