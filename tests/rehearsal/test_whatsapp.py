"""The simulated carrier answers, refuses and reports as the documented one does."""

from __future__ import annotations

import hashlib
import hmac
import json

import aiohttp
import pytest
from pywa import WhatsApp
from pywa.types import Message, MessageStatus

from tests.rehearsal.carrier import ORDINARY, SECRET, VALUES, VERIFY, message, play


def number(suffix):
    return f"+628990001{suffix}"


def test_a_message_is_accepted_and_told_step_by_step():
    """An ordinary person gets the message; sent and delivered are told with the attempt id."""

    async def scene(carrier):
        answer = await carrier.send()
        await carrier.settle()
        return answer, carrier.system.told("statuses")

    (status, answer), updates = play(scene)

    assert status == 200
    assert answer["contacts"] == [{"input": ORDINARY, "wa_id": ORDINARY[1:]}]
    assert answer["messages"][0]["message_status"] == "accepted"
    assert {update["status"] for update in updates} >= {"sent", "delivered"}
    assert {update["id"] for update in updates} == {answer["messages"][0]["id"]}
    assert {update["biz_opaque_callback_data"] for update in updates} == {f"attempt of {ORDINARY}"}


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"token": "old"}, 401, 190),
        ({"phone": "101"}, 400, 100),
        ({"body": message(name="tidak_ada")}, 404, 132001),
        ({"body": message(language="fr")}, 404, 132001),
        ({"body": message(values={"instansi": "X"})}, 400, 132000),
        ({"body": message(values=dict(zip("abcd", VALUES.values(), strict=True)))}, 400, 132012),
        ({"body": message(code="")}, 400, 132012),
        ({"body": message(to="+6281234567890")}, 400, 131030),
        ({"body": message(to="089900001234")}, 400, 131030),
        ({"body": message() | {"type": "text"}}, 400, 131047),
        ({"body": message() | {"messaging_product": "sms"}}, 400, 100),
        ({"body": message() | {"biz_opaque_callback_data": "x" * 513}}, 400, 100),
        (
            {"body": message() | {"template": {"name": "espi_undangan_v1", "language": 3}}},
            404,
            132001,
        ),
    ],
)
def test_a_wrong_request_is_refused_with_the_carriers_code(change, status, code):
    """Each mistake has the code that the carrier documents, and puts nothing on a phone."""

    async def scene(carrier):
        return await carrier.send(**change), await carrier.settle()

    (told, body), counted = play(scene)

    assert (told, body["error"]["code"]) == (status, code)
    assert body["error"]["fbtrace_id"]
    assert counted["accepted"] == 0
    assert counted["refused"] == {str(code): 1}


@pytest.mark.parametrize(
    ("suffix", "states", "code"),
    [
        ("0001", {"failed"}, 131026),
        ("0002", {"sent", "failed"}, 131049),
        ("0003", {"sent", "failed"}, 131050),
        ("0007", {"sent", "read"}, None),
        ("0008", {"sent"}, None),
    ],
)
def test_a_number_behaves_as_its_last_digits_say(suffix, states, code):
    """Like test card numbers, the last digits decide what becomes of a message."""

    async def scene(carrier):
        await carrier.send(message(to=number(suffix)))
        await carrier.settle()
        return carrier.system.told("statuses")

    updates = play(scene)

    assert {update["status"] for update in updates} == states
    assert {error["code"] for update in updates for error in update.get("errors", [])} == (
        {code} if code else set()
    )


def test_somebody_known_by_username_has_no_number():
    """Neither the answer nor the statuses give a number for such a person."""

    async def scene(carrier):
        answer = await carrier.send(message(to=number("0006")))
        await carrier.settle()
        return answer[1], carrier.system.told("statuses")

    answer, updates = play(scene)

    assert "wa_id" not in answer["contacts"][0]
    assert all("recipient_id" not in update for update in updates)
    assert all(update["recipient_user_id"] for update in updates)


@pytest.mark.parametrize(("suffix", "kind"), [("0004", "text"), ("0005", "button")])
def test_people_can_say_stop(suffix, kind):
    """BERHENTI comes back as typed text or as a pressed button."""

    async def scene(carrier):
        await carrier.send(message(to=number(suffix)))
        await carrier.settle()
        return carrier.system.told("messages")

    update = play(scene)[0]

    assert update["type"] == kind
    assert "BERHENTI" in json.dumps(update[kind])


def test_webhooks_are_signed_batched_and_sometimes_double():
    """Hundreds of updates travel in few signed requests; about two in a hundred come twice."""

    async def scene(carrier):
        for last in range(2_000, 2_300):
            await carrier.send(message(to=f"+628990000{last}"))
        await carrier.settle()
        return carrier.system

    system = play(scene, speed=1.0)
    updates = [(update["id"], update["status"]) for update in system.told("statuses")]

    assert system.asked[0]["hub.verify_token"] == VERIFY
    assert len(system.webhooks) < 50
    assert 1 <= len(updates) - len(set(updates)) <= 60
    for signed, body in system.webhooks:
        assert signed == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


def test_a_refused_webhook_comes_again():
    """Nothing is lost while the system cannot take webhooks."""

    async def scene(carrier):
        await carrier.send()
        await carrier.settle()
        return carrier.system.told("statuses")

    assert {update["status"] for update in play(scene, refuse=2)} >= {"sent", "delivered"}


def test_a_cut_after_acceptance_leaves_the_message_on_the_phone():
    """The case that breaks naive senders: no answer, yet the message went out."""

    async def scene(carrier):
        await carrier.client.post("/__sim/faults", json={"cut_after": 1})
        with pytest.raises(aiohttp.ClientError):
            await carrier.send()
        await carrier.settle()
        return carrier.system.told("statuses")

    assert play(scene)[0]["biz_opaque_callback_data"] == f"attempt of {ORDINARY}"


def test_the_carrier_has_a_speed_limit():
    """More than the agreed rate is refused with 130429; too many to one person with 131056."""

    async def scene(carrier):
        fast = [await carrier.send(message(to=f"+62899000{n:05d}")) for n in range(30_000, 30_030)]
        return [body.get("error", {}).get("code") for _status, body in fast]

    async def pair(carrier):
        return [(await carrier.send())[1].get("error", {}).get("code") for _ in range(47)]

    assert 130429 in play(scene, rate=5.0)
    assert play(pair)[45:] == [131056, 131056]


def test_sending_twice_is_counted():
    """The counters tell when a person got the same template twice on a day."""

    async def scene(carrier):
        await carrier.send()
        await carrier.send()
        return await carrier.settle()

    counted = play(scene)

    assert (counted["posts"], counted["people"], counted["duplicates"]) == (2, 1, 1)


def test_the_webhooks_are_read_by_an_independent_library():
    """pywa parses statuses, failures, texts and buttons as it parses Meta's own."""

    async def scene(carrier):
        for suffix in ("1234", "0001", "0004", "0005"):
            await carrier.send(message(to=number(suffix)))
        await carrier.settle()
        return [json.loads(body) for _signature, body in carrier.system.webhooks]

    client = WhatsApp(phone_id="100", token="x")
    codes, texts = set(), []
    for webhook in play(scene):
        for change in webhook["entry"][0]["changes"]:
            alone = webhook | {"entry": [webhook["entry"][0] | {"changes": [change]}]}
            for index in range(len(change["value"].get("statuses", []))):
                status = MessageStatus.from_update(client, alone, status_idx=index)
                codes.add(status.error.code if status.error else None)
            for update in change["value"].get("messages", []):
                change["value"]["messages"] = [update]
                if update["type"] == "text":
                    texts.append(Message.from_update(client, alone).text)

    assert codes == {None, 131026}
    assert set(texts) == {"BERHENTI"}


def test_the_page_of_phones_shows_the_message_and_its_button():
    """The chat holds the text, the link to the booth, and nothing that people wrote as HTML."""

    async def scene(carrier):
        await carrier.send(message(code="7" * 26))
        await carrier.settle()
        path = f"/telepon/{ORDINARY[1:]}"
        await carrier.client.post(path, data={"teks": "<script>alert(1)</script>"})
        await carrier.settle()
        return await carrier.read("/?q=1234"), await carrier.read(path), carrier.system

    phones, phone, system = play(scene)

    assert "+62 899-0000-1234" in phones
    assert f'href="http://booth.example/#{"7" * 26}"' in phone
    assert "Simulator latihan" in phone
    assert "<script" not in phone
    assert system.told("messages")[0]["text"]["body"] == "<script>alert(1)</script>"


def test_respondents_see_only_what_reached_the_phone():
    """A message that failed is not in the list that respondents read."""

    async def scene(carrier):
        await carrier.send(message(to=number("0001")))
        await carrier.send(message(code="7" * 26))
        await carrier.settle()
        return json.loads(await carrier.read("/__sim/messages"))

    letters = play(scene)

    assert [letter["to"] for letter in letters] == [ORDINARY]
    assert letters[0]["links"] == [f"http://booth.example/#{'7' * 26}"]
