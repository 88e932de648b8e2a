"""Which command runs as which process."""

from __future__ import annotations

from dataclasses import dataclass

SHARED = "shared"  # the bank is named by --bank
NONE = ""  # no Django at all


@dataclass(frozen=True, slots=True)
class Placed:
    """A command and the process it runs as.

    Attributes:
        settings: name of a settings module, ``SHARED`` or ``NONE``.
        target: ``module:attribute`` of a click command.
    """

    settings: str
    target: str


COMMANDS: dict[str, Placed | dict[str, Placed]] = {
    "demo": Placed(NONE, "espi.rehearsal.demo.command:demo"),
    "serve": {
        "registry": Placed(NONE, "espi.site.serve:registry"),
        "box": Placed(NONE, "espi.site.serve:box"),
        "booth": Placed(NONE, "espi.site.serve:booth"),
        "public": Placed(NONE, "espi.site.serve:public"),
        "assisted": Placed(NONE, "espi.site.serve:assisted"),
        "signer": Placed(NONE, "espi.site.serve:signer"),
        "relay": Placed(NONE, "espi.site.serve:relay"),
    },
    "estimate": Placed(NONE, "espi.analyst.estimate.commands:estimate"),
    "dispatch": Placed("dispatch", "espi.contact.dispatch.commands:dispatch"),
    "dispatch-state": Placed("dispatch", "espi.contact.dispatch.commands:dispatch_state"),
    "replies": {"tidy": Placed("dispatch", "espi.contact.dispatch.commands:tidy_replies")},
    "sending": {
        "state": Placed("dispatch", "espi.contact.dispatch.commands:sending_state"),
        "confirm": Placed("dispatch", "espi.contact.dispatch.commands:sending_confirm"),
    },
    "migrate": Placed(SHARED, "espi.site.maintenance:migrate"),
    "work": Placed(SHARED, "espi.site.maintenance:work"),
    "staff": {
        "add": Placed(SHARED, "espi.accounts.commands:add"),
        "load": Placed(SHARED, "espi.accounts.commands:load"),
        "list": Placed(SHARED, "espi.accounts.commands:show"),
        "password": Placed(SHARED, "espi.accounts.commands:change_password"),
        "role": Placed(SHARED, "espi.accounts.commands:change_role"),
        "disable": Placed(SHARED, "espi.accounts.commands:disable"),
        "enable": Placed(SHARED, "espi.accounts.commands:enable"),
    },
    "design": {
        "load": Placed(SHARED, "espi.design.commands:load"),
        "phase": Placed(SHARED, "espi.design.commands:phase"),
        "election-key": Placed("worker_contact", "espi.design.commands:election_key"),
    },
    "frame": {
        "import": Placed("worker_contact", "espi.contact.frame.commands:take_list"),
        "import-folder": Placed("worker_contact", "espi.contact.frame.commands:take_folder"),
        "rejected": Placed("worker_contact", "espi.contact.frame.commands:rejected"),
        "template": Placed("worker_contact", "espi.contact.frame.commands:template"),
    },
    "sample": {
        "plan": Placed("worker_contact", "espi.contact.sampling.commands:plan"),
        "commit": Placed("worker_contact", "espi.contact.sampling.commands:commit"),
        "dice": Placed("worker_contact", "espi.contact.sampling.commands:dice"),
        "draw": Placed("worker_contact", "espi.contact.sampling.commands:draw"),
        "publish": Placed("worker_contact", "espi.contact.sampling.commands:publish"),
        "proof": Placed("worker_contact", "espi.contact.sampling.commands:proof"),
        "link": Placed("worker_contact", "espi.contact.sampling.commands:link"),
    },
    "draw": {
        "verify": Placed(NONE, "espi.draw.commands:verify"),
        "check-list": Placed(NONE, "espi.draw.commands:check_list"),
        "audit": Placed(NONE, "espi.draw.commands:audit"),
    },
    "tallies": {
        "export": Placed("worker_contact", "espi.tallies.commands:export"),
        "import": Placed("worker_response", "espi.tallies.commands:take"),
    },
    "directory": {
        "export": Placed("registry", "espi.contact.invitations.commands:export_directory"),
        "import": Placed("worker_response", "espi.response.log.commands:take_directory"),
    },
    "invitations": {
        "issue": Placed("registry", "espi.contact.invitations.commands:issue"),
        "slips": Placed("registry", "espi.contact.invitations.commands:print_slips"),
        "plant": Placed("registry", "espi.contact.invitations.commands:plant"),
    },
    "keys": {
        "plan": Placed("registry", "espi.contact.invitations.commands:plan_keys"),
        "create": Placed("registry", "espi.contact.invitations.commands:create_keys"),
        "request": Placed("registry", "espi.contact.invitations.commands:request_keys"),
        "import": Placed("registry", "espi.contact.invitations.commands:take_keys"),
    },
    "signer": {
        "key": Placed(NONE, "espi.signer.commands:key"),
        "keys": Placed(NONE, "espi.signer.commands:create_keys"),
        "admit": Placed(NONE, "espi.signer.commands:admit"),
        "tidy": Placed(NONE, "espi.signer.commands:tidy"),
        "close": Placed(NONE, "espi.signer.commands:close"),
    },
    "campaign": {
        "plan": Placed("registry", "espi.contact.fieldwork.commands:plan_campaign"),
        "show": Placed("dispatch", "espi.contact.dispatch.commands:show"),
        "resume": Placed("dispatch", "espi.contact.dispatch.commands:resume"),
        "requeue": Placed("dispatch", "espi.contact.dispatch.commands:requeue"),
        "doubts": Placed("dispatch", "espi.contact.dispatch.commands:list_doubts"),
        "decide": Placed("dispatch", "espi.contact.dispatch.commands:decide"),
    },
    "fieldwork": {
        "open": Placed("registry", "espi.contact.fieldwork.commands:open_fieldwork"),
        "close": Placed("registry", "espi.contact.fieldwork.commands:close_fieldwork"),
        "progress": Placed("registry", "espi.contact.fieldwork.commands:progress"),
        "tidy": Placed("registry", "espi.contact.fieldwork.commands:tidy"),
    },
    "booth": {
        "publish": Placed(NONE, "espi.booth.commands:publish"),
        "hash": Placed(NONE, "espi.booth.commands:show_hash"),
    },
    "trustees": {
        "create": Placed(NONE, "espi.trustees.commands:create"),
        "rehearse": Placed(NONE, "espi.trustees.commands:rehearse"),
    },
    "planted": {"commit": Placed(NONE, "espi.response.opening.commands:commit_planted")},
    "log": {
        "key": Placed("worker_response", "espi.response.log.commands:key"),
        "page": Placed("worker_response", "espi.response.log.commands:page"),
        "planted": Placed("worker_response", "espi.response.log.commands:planted"),
        "opening": Placed("worker_response", "espi.response.log.commands:opening"),
        "publish": Placed("worker_response", "espi.response.log.commands:publish_record"),
    },
    "box": {
        "release": Placed("worker_response", "espi.response.ballotbox.commands:release"),
        "close": Placed("worker_response", "espi.response.ballotbox.commands:close"),
        "seal": Placed("worker_response", "espi.response.ballotbox.commands:seal"),
        "export": Placed("worker_response", "espi.response.ballotbox.commands:export"),
        "counts": Placed("worker_response", "espi.response.ballotbox.commands:counts"),
        "replace-intake": Placed(
            "worker_response", "espi.response.ballotbox.commands:replace_intake"
        ),
    },
    "opening": {
        "open": Placed(NONE, "espi.response.opening.commands:open_envelopes"),
        "take": Placed("worker_response", "espi.response.ballotbox.commands:take_opening"),
    },
    "corrections": {
        "add": Placed("worker_response", "espi.response.estimation.commands:add"),
        "approve": Placed("worker_response", "espi.response.estimation.commands:approve"),
    },
    "estimation": {
        "run": Placed("worker_response", "espi.response.estimation.commands:run"),
        "show": Placed("worker_response", "espi.response.estimation.commands:show"),
        "check": Placed("worker_response", "espi.response.estimation.commands:check"),
    },
    "index": {"explain": Placed("worker_response", "espi.response.estimation.commands:explain")},
    "rehearsal": {
        "nation": Placed(NONE, "espi.rehearsal.commands:nation"),
        "whatsapp": Placed(NONE, "espi.rehearsal.commands:whatsapp"),
        "mail": Placed(NONE, "espi.rehearsal.commands:mail"),
        "answer": Placed(NONE, "espi.rehearsal.commands:answer"),
        "plant": Placed(NONE, "espi.rehearsal.commands:plant"),
        "game": Placed(NONE, "espi.rehearsal.commands:game"),
    },
    "release": {
        "propose": Placed("worker_response", "espi.response.publication.commands:propose"),
        "approve": Placed("worker_response", "espi.response.publication.commands:approve"),
        "withdraw": Placed("worker_response", "espi.response.publication.commands:withdraw"),
        "report": Placed("worker_response", "espi.response.publication.commands:report"),
    },
    "published": {
        "check": Placed(NONE, "espi.analyst.published:check_published"),
        "load": Placed("worker_response", "espi.response.publication.commands:load"),
    },
    "bundle": {
        "write": Placed("worker_response", "espi.response.publication.commands:write_bundle"),
        "verify": Placed(NONE, "espi.analyst.bundle:verify"),
    },
    "audit": {
        "head": Placed(SHARED, "espi.platform.commands:keep_head"),
        "verify": Placed(SHARED, "espi.platform.commands:verify"),
        "check": Placed(SHARED, "espi.platform.commands:verify"),
    },
    "translations": {"compile": Placed(NONE, "espi.site.maintenance:translations")},
}
