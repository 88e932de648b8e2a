"""Lets the verifier be run as ``python -m espi_verify``."""

from __future__ import annotations

import sys

from espi_verify.cli import main

if __name__ == "__main__":
    sys.exit(main())
