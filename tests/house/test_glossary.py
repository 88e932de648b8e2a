"""The words of the code are those of the glossary."""

from __future__ import annotations

import re
from pathlib import Path

from django.apps import apps

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"


def test_every_model_is_a_word_of_the_glossary():
    """A table is named with the field's standard term, and the glossary says what it means."""
    words = set(re.findall(r"`(\w+)`", GLOSSARY.read_text("utf-8")))
    models = {model.__name__ for model in apps.get_models() if model.__module__.startswith("espi.")}

    assert models - words == set()
