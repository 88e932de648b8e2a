"""The promise, on the live schema and on the settings of each process."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.apps import apps

from espi.site.settings import common

SOURCE = Path(__file__).resolve().parents[2] / "src" / "espi"


def bank(model):
    return model.__module__.split(".")[1]


def test_no_key_crosses_the_boundary():
    """No relation in the schema joins a person to an answer, not even through a hidden table."""
    crossings = [
        str(field)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields(include_hidden=True)
        if field.is_relation and field.related_model
        if {bank(model), bank(field.related_model)} == {"contact", "response"}
    ]

    assert crossings == []


def test_no_table_is_shared():
    """Every table belongs to one app, and no app is installed in both banks but the public ones."""
    tables = [model._meta.db_table for model in apps.get_models(include_auto_created=True)]

    assert len(tables) == len(set(tables))
    assert not set(common.CONTACT_APPS) & set(common.RESPONSE_APPS)


@pytest.mark.parametrize("name", ["registry", "dispatch", "worker_contact"])
def test_a_contact_process_has_no_response_tables(name):
    """Neither the apps nor the database address of the other bank are in the settings."""
    text = (SOURCE / "site" / "settings" / f"{name}.py").read_text()

    assert "RESPONSE_APPS" not in text
    assert "process.response" not in text


@pytest.mark.parametrize("name", ["box", "public", "worker_response"])
def test_a_response_process_has_no_contact_tables(name):
    """Neither the apps, the database address nor the secret of the codes are in the settings."""
    text = (SOURCE / "site" / "settings" / f"{name}.py").read_text()

    assert "CONTACT_APPS" not in text
    assert "process.contact" not in text


def test_no_model_of_the_response_bank_keeps_a_time_or_an_address():
    """Nothing finer than a day, and nothing that tells a person, has a column."""
    forbidden = {"DateTimeField", "TimeField", "GenericIPAddressField", "EmailField"}
    found = [
        str(field)
        for model in apps.get_models()
        if bank(model) == "response"
        for field in model._meta.get_fields()
        if field.get_internal_type() in forbidden
    ]

    assert found == []


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_neither_bank_imports_the_other():
    """The linter holds this too; here it is said once more without any tool."""
    crossings = [
        f"{path}: {module}"
        for here, there in (("contact", "response"), ("response", "contact"))
        for path in (SOURCE / here).rglob("*.py")
        for module in imports_of(path)
        if module.startswith(f"espi.{there}")
    ]

    assert crossings == []
