"""Requests, answers and webhooks have the shapes of Meta's own OpenAPI description."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.rehearsal.carrier import message, play

DESCRIPTION = (
    Path(__file__).resolve().parents[3] / "shared/data/whatsapp/business-messaging-api_v23.0.yaml"
)
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}


@pytest.fixture(scope="module")
def schemas():
    if not DESCRIPTION.is_file():
        pytest.skip("Meta's OpenAPI description does not lie beside this checkout")
    text = DESCRIPTION.read_text("utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["components"][
        "schemas"
    ]


def faults(schemas, name, value, path="$"):
    """List where a value leaves its schema; patterns are not looked at, one of them is wrong."""
    schema = schemas[name] if isinstance(name, str) else name
    if "$ref" in schema:
        return faults(schemas, schema["$ref"].rsplit("/", 1)[1], value, path)
    found = [
        fault for part in schema.get("allOf", []) for fault in faults(schemas, part, value, path)
    ]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{path}: {value!r}")
    if not isinstance(value, TYPES.get(schema.get("type"), object)):
        return [*found, f"{path}: not {schema['type']}"]
    inside = {dict: faults_of_object, list: faults_of_list}.get(type(value))
    return found + (inside(schemas, schema, value, path) if inside else [])


def faults_of_object(schemas, schema, value, path):
    found = [f"{path}.{key}: missing" for key in schema.get("required", []) if key not in value]
    for key, part in schema.get("properties", {}).items():
        if key in value:
            found += faults(schemas, part, value[key], f"{path}.{key}")
    return found


def faults_of_list(schemas, schema, value, path):
    return [
        fault
        for index, one in enumerate(value)
        for fault in faults(schemas, schema.get("items", {}), one, f"{path}[{index}]")
    ]


def test_the_request_of_the_tests_is_metas(schemas):
    """What the simulator accepts is what Meta describes, policy included."""
    request = message()
    request["template"]["language"]["policy"] = "deterministic"

    assert faults(schemas, "TemplateMessage", request) == []


def test_answers_and_errors_are_metas(schemas):
    """Both answers of the simulator fit the description."""

    async def scene(carrier):
        return await carrier.send(), await carrier.send(token="old")

    (_ok, answer), (_refused, error) = play(scene)

    assert faults(schemas, "MessageResponsePayload", answer) == []
    assert faults(schemas, "GraphAPIError", error) == []


def test_webhooks_are_metas(schemas):
    """Statuses, failures and incoming messages fit the description."""

    async def scene(carrier):
        for suffix in ("1234", "0001", "0004"):
            await carrier.send(message(to=f"+628990001{suffix}"))
        await carrier.settle()
        return [json.loads(body) for _signature, body in carrier.system.webhooks]

    values = [change["value"] for hook in play(scene) for change in hook["entry"][0]["changes"]]

    for value in values:
        name = "StatusMessageValue" if "statuses" in value else "IncomingMessageValueGeneral"
        assert faults(schemas, name, value) == []
