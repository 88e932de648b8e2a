"""Webhook updates in the carrier's shape: statuses of messages, and what people write."""

from __future__ import annotations

from datetime import datetime

from espi.rehearsal.whatsapp.errors import webhook_error
from espi.rehearsal.whatsapp.personas import Persona
from espi.rehearsal.whatsapp.phones import Entry

Update = dict[str, object]
SENDER = "6289900000000"  # the survey's own number, as the phones show it


def status_update(entry: Entry, number: str, at: datetime, persona: Persona) -> Update:
    """Return the status that ``entry`` has just reached, as an element of ``statuses``."""
    update: Update = {
        "id": entry.wamid,
        "status": "failed" if entry.code else entry.status,
        "timestamp": str(int(at.timestamp())),
        "recipient_id": number,
        "recipient_user_id": user_id(number),
    }
    if persona is Persona.USERNAME_ONLY:
        del update["recipient_id"]
    if entry.opaque:
        update["biz_opaque_callback_data"] = entry.opaque
    if entry.code:
        update["errors"] = [webhook_error(entry.code)]
    else:
        update["pricing"] = {
            "billable": True,
            "pricing_model": "PMP",
            "type": "regular",
            "category": entry.category,
        }
    return update


def incoming_message(number: str, reply: Entry, answered: Entry | None, *, button: bool) -> Update:
    """Return what a person wrote or pressed, as an element of ``messages``."""
    update: Update = {
        "from": number,
        "from_user_id": user_id(number),
        "id": reply.wamid,
        "timestamp": str(int(reply.at.timestamp())),
    }
    if button and answered:
        update["context"] = {"from": SENDER, "id": answered.wamid}
        return update | {
            "type": "button",
            "button": {"text": reply.bubble.text, "payload": reply.bubble.text},
        }
    return update | {"type": "text", "text": {"body": reply.bubble.text}}


def webhook_body(updates: list[tuple[str, Update]], phone_number_id: str) -> Update:
    """Return the body of one webhook with these (kind, update) pairs; kinds keep their order.

    A change holds either statuses or messages, as the carrier's do.
    """
    changes = []
    for kind in ("statuses", "messages"):
        of_kind = [update for name, update in updates if name == kind]
        if not of_kind:
            continue
        value: Update = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": SENDER, "phone_number_id": phone_number_id},
        }
        people = dict.fromkeys(_person(update) for update in of_kind)
        value["contacts"] = [_contact(number, user) for number, user in people]
        changes.append({"value": value | {kind: of_kind}, "field": "messages"})
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": f"9{phone_number_id}", "changes": changes}],
    }


def _person(update: Update) -> tuple[str, str]:
    if "from" in update:
        return str(update["from"]), str(update["from_user_id"])
    return str(update.get("recipient_id", "")), str(update["recipient_user_id"])


def _contact(number: str, user: str) -> Update:
    contact: Update = {"profile": {"name": "Warga"}, "user_id": user}
    return contact | {"wa_id": number} if number else contact


def user_id(number: str) -> str:
    """Return the business-scoped id of a person."""
    return f"ID.{int(number) * 31 % 10**16:016d}"
