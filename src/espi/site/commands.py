"""Which command runs as which process."""

from __future__ import annotations

from dataclasses import dataclass

SHARED = "shared"  # the bank is named by --bank
NONE = ""  # no Django at all


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """A command and the process it runs as.

    Attributes:
        settings: name of a settings module, ``SHARED`` or ``NONE``.
        target: ``module:attribute`` of a click command.
    """

    settings: str
    target: str


COMMANDS: dict[str, CommandSpec | dict[str, CommandSpec]] = {
    "demo": CommandSpec(NONE, "espi.rehearsal.demo.command:demo"),
    "dev": CommandSpec(NONE, "espi.rehearsal.demo.development:dev"),
    "serve": {
        "registry": CommandSpec(NONE, "espi.site.serve:registry"),
        "box": CommandSpec(NONE, "espi.site.serve:box"),
        "booth": CommandSpec(NONE, "espi.site.serve:booth"),
        "public": CommandSpec(NONE, "espi.site.serve:public"),
        "assisted": CommandSpec(NONE, "espi.site.serve:assisted"),
        "signer": CommandSpec(NONE, "espi.site.serve:signer"),
        "relay": CommandSpec(NONE, "espi.site.serve:relay"),
    },
    "estimate": CommandSpec(NONE, "espi.analyst.estimate.commands:estimate"),
    "dispatch": CommandSpec("dispatch", "espi.contact.dispatch.commands:dispatch"),
    "dispatch-state": CommandSpec("dispatch", "espi.contact.dispatch.commands:dispatch_state"),
    "replies": {"tidy": CommandSpec("dispatch", "espi.contact.dispatch.commands:tidy_replies")},
    "sending": {
        "state": CommandSpec("dispatch", "espi.contact.dispatch.commands:sending_state"),
        "confirm": CommandSpec("dispatch", "espi.contact.dispatch.commands:sending_confirm"),
    },
    "migrate": CommandSpec(SHARED, "espi.site.maintenance:migrate"),
    "work": CommandSpec(SHARED, "espi.site.maintenance:work"),
    "staff": {
        "add": CommandSpec(SHARED, "espi.accounts.commands:add"),
        "load": CommandSpec(SHARED, "espi.accounts.commands:load"),
        "list": CommandSpec(SHARED, "espi.accounts.commands:show"),
        "password": CommandSpec(SHARED, "espi.accounts.commands:change_password"),
        "role": CommandSpec(SHARED, "espi.accounts.commands:change_role"),
        "disable": CommandSpec(SHARED, "espi.accounts.commands:disable"),
        "enable": CommandSpec(SHARED, "espi.accounts.commands:enable"),
        "forget-second-factor": CommandSpec(SHARED, "espi.accounts.commands:forget_second_factor"),
    },
    "design": {
        "load": CommandSpec(SHARED, "espi.design.commands:load"),
        "phase": CommandSpec(SHARED, "espi.design.commands:phase"),
        "election-key": CommandSpec("worker_contact", "espi.design.commands:election_key"),
    },
    "services": {
        "show": CommandSpec(SHARED, "espi.design.register_commands:show"),
        "export": CommandSpec(SHARED, "espi.design.register_commands:export"),
        "take": CommandSpec(SHARED, "espi.design.register_commands:take"),
    },
    "agencies": {
        "drop": CommandSpec(SHARED, "espi.design.dropping_commands:drop"),
        "confirm": CommandSpec(SHARED, "espi.design.dropping_commands:confirm"),
        "restore": CommandSpec(SHARED, "espi.design.dropping_commands:restore"),
        "export": CommandSpec("worker_contact", "espi.design.dropping_commands:export"),
        "take": CommandSpec("worker_response", "espi.design.dropping_commands:take"),
    },
    "frame": {
        "import": CommandSpec("worker_contact", "espi.contact.frame.commands:take_list"),
        "import-folder": CommandSpec("worker_contact", "espi.contact.frame.commands:take_folder"),
        "rejected": CommandSpec("worker_contact", "espi.contact.frame.commands:rejected"),
        "template": CommandSpec("worker_contact", "espi.contact.frame.commands:template"),
        "template-of": CommandSpec("worker_contact", "espi.contact.frame.commands:list_template"),
    },
    "sample": {
        "plan": CommandSpec("worker_contact", "espi.contact.sampling.commands:plan"),
        "areas": CommandSpec("worker_contact", "espi.contact.sampling.commands:areas"),
        "commit": CommandSpec("worker_contact", "espi.contact.sampling.commands:commit"),
        "dice": CommandSpec("worker_contact", "espi.contact.sampling.commands:dice"),
        "draw": CommandSpec("worker_contact", "espi.contact.sampling.commands:draw"),
        "publish": CommandSpec("worker_contact", "espi.contact.sampling.commands:publish"),
        "proof": CommandSpec("worker_contact", "espi.contact.sampling.commands:proof"),
        "link": CommandSpec("worker_contact", "espi.contact.sampling.commands:link"),
    },
    "draw": {
        "verify": CommandSpec(NONE, "espi.draw.commands:verify"),
        "check-list": CommandSpec(NONE, "espi.draw.commands:check_list"),
        "audit": CommandSpec(NONE, "espi.draw.commands:audit"),
    },
    "tallies": {
        "export": CommandSpec("worker_contact", "espi.tallies.commands:export"),
        "import": CommandSpec("worker_response", "espi.tallies.commands:take"),
    },
    "directory": {
        "export": CommandSpec("registry", "espi.contact.invitations.commands:export_directory"),
        "import": CommandSpec("worker_response", "espi.response.log.commands:take_directory"),
    },
    "invitations": {
        "issue": CommandSpec("registry", "espi.contact.invitations.commands:issue"),
        "slips": CommandSpec("registry", "espi.contact.invitations.commands:print_slips"),
        "plant": CommandSpec("registry", "espi.contact.invitations.commands:plant"),
    },
    "keys": {
        "plan": CommandSpec("registry", "espi.contact.invitations.commands:plan_keys"),
        "create": CommandSpec("registry", "espi.contact.invitations.commands:create_keys"),
        "request": CommandSpec("registry", "espi.contact.invitations.commands:request_keys"),
        "import": CommandSpec("registry", "espi.contact.invitations.commands:take_keys"),
    },
    "signer": {
        "key": CommandSpec(NONE, "espi.signer.commands:key"),
        "keys": CommandSpec(NONE, "espi.signer.commands:create_keys"),
        "admit": CommandSpec(NONE, "espi.signer.commands:admit"),
        "tidy": CommandSpec(NONE, "espi.signer.commands:tidy"),
        "close": CommandSpec(NONE, "espi.signer.commands:close"),
    },
    "campaign": {
        "plan": CommandSpec("registry", "espi.contact.fieldwork.commands:plan_campaign"),
        "show": CommandSpec("dispatch", "espi.contact.dispatch.commands:show"),
        "resume": CommandSpec("dispatch", "espi.contact.dispatch.commands:resume"),
        "requeue": CommandSpec("dispatch", "espi.contact.dispatch.commands:requeue"),
        "doubts": CommandSpec("dispatch", "espi.contact.dispatch.commands:list_doubts"),
        "decide": CommandSpec("dispatch", "espi.contact.dispatch.commands:decide"),
    },
    "fieldwork": {
        "open": CommandSpec("registry", "espi.contact.fieldwork.commands:open_fieldwork"),
        "close": CommandSpec("registry", "espi.contact.fieldwork.commands:close_fieldwork"),
        "progress": CommandSpec("registry", "espi.contact.fieldwork.commands:progress"),
        "tidy": CommandSpec("registry", "espi.contact.fieldwork.commands:tidy"),
    },
    "booth": {
        "publish": CommandSpec(NONE, "espi.booth.commands:publish"),
        "hash": CommandSpec(NONE, "espi.booth.commands:show_hash"),
    },
    "trustees": {
        "create": CommandSpec(NONE, "espi.trustees.commands:create"),
        "rehearse": CommandSpec(NONE, "espi.trustees.commands:rehearse"),
    },
    "planted": {"commit": CommandSpec(NONE, "espi.response.opening.commands:commit_planted")},
    "log": {
        "key": CommandSpec("worker_response", "espi.response.log.commands:key"),
        "page": CommandSpec("worker_response", "espi.response.log.commands:page"),
        "planted": CommandSpec("worker_response", "espi.response.log.commands:planted"),
        "opening": CommandSpec("worker_response", "espi.response.log.commands:opening"),
        "publish": CommandSpec("worker_response", "espi.response.log.commands:publish_record"),
    },
    "box": {
        "release": CommandSpec("worker_response", "espi.response.ballotbox.commands:release"),
        "close": CommandSpec("worker_response", "espi.response.ballotbox.commands:close"),
        "seal": CommandSpec("worker_response", "espi.response.ballotbox.commands:seal"),
        "export": CommandSpec("worker_response", "espi.response.ballotbox.commands:export"),
        "counts": CommandSpec("worker_response", "espi.response.ballotbox.commands:counts"),
        "replace-intake": CommandSpec(
            "worker_response", "espi.response.ballotbox.commands:replace_intake"
        ),
    },
    "opening": {
        "open": CommandSpec(NONE, "espi.response.opening.commands:open_envelopes"),
        "take": CommandSpec("worker_response", "espi.response.ballotbox.commands:take_opening"),
    },
    "corrections": {
        "add": CommandSpec("worker_response", "espi.response.estimation.commands:add"),
        "approve": CommandSpec("worker_response", "espi.response.estimation.commands:approve"),
    },
    "estimation": {
        "run": CommandSpec("worker_response", "espi.response.estimation.commands:run"),
        "show": CommandSpec("worker_response", "espi.response.estimation.commands:show"),
        "check": CommandSpec("worker_response", "espi.response.estimation.commands:check"),
    },
    "index": {
        "explain": CommandSpec("worker_response", "espi.response.estimation.commands:explain")
    },
    "rehearsal": {
        "nation": CommandSpec(NONE, "espi.rehearsal.commands:nation"),
        "mend": CommandSpec(NONE, "espi.rehearsal.commands:mend"),
        "whatsapp": CommandSpec(NONE, "espi.rehearsal.commands:whatsapp"),
        "mail": CommandSpec(NONE, "espi.rehearsal.commands:mail"),
        "answer": CommandSpec(NONE, "espi.rehearsal.commands:answer"),
        "plant": CommandSpec(NONE, "espi.rehearsal.commands:plant"),
        "game": CommandSpec(NONE, "espi.rehearsal.commands:game"),
    },
    "release": {
        "propose": CommandSpec("worker_response", "espi.response.publication.commands:propose"),
        "approve": CommandSpec("worker_response", "espi.response.publication.commands:approve"),
        "withdraw": CommandSpec("worker_response", "espi.response.publication.commands:withdraw"),
        "report": CommandSpec("worker_response", "espi.response.publication.commands:report"),
        "reports": CommandSpec("worker_response", "espi.response.publication.commands:reports"),
    },
    "published": {
        "check": CommandSpec(NONE, "espi.analyst.published:check_published"),
        "load": CommandSpec("worker_response", "espi.response.publication.commands:load"),
    },
    "bundle": {
        "write": CommandSpec("worker_response", "espi.response.publication.commands:write_bundle"),
        "verify": CommandSpec(NONE, "espi.analyst.bundle:verify"),
    },
    "audit": {
        "head": CommandSpec(SHARED, "espi.platform.commands:keep_head"),
        "verify": CommandSpec(SHARED, "espi.platform.commands:verify"),
        "check": CommandSpec(SHARED, "espi.platform.commands:verify"),
    },
    "translations": {"compile": CommandSpec(NONE, "espi.site.maintenance:translations")},
}
