"""Every staff page names the roles it lets in; every model has its migration."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import URLPattern, get_resolver

OPEN = {
    "espi.site.urls.registry": {
        ":to_wave", "accounts:sign_in", "accounts:sign_out", "accounts:second_step",
        "accounts:by_link", "tickets:invitation", "tickets:ticket", "tickets:state",
        "invitations:official_senders", "invitations:check", "dispatch:whatsapp_webhook",
        "dispatch:unsubscribe", "sampling:roots", "sampling:roots_file",
    },
    "espi.site.urls.public": {
        ":to_wave", "accounts:sign_in", "accounts:sign_out", "accounts:second_step",
        "accounts:by_link", "publication:national",
        "publication:agency", "publication:report", "publication:index_csv",
        "publication:index_json", "publication:areas_csv", "publication:categories",
        "publication:index_xlsx", "publication:areas_xlsx",
        "publication:national_picture",
        "publication:trends", "publication:envelope", "publication:method", "publication:game",
        "publication:game_data", "publication:home", "publication:wave_method",
        "publication:national_report", "publication:auditor",
        "publication:newest_csv", "publication:newest_json", "publication:newest_national",
        "publication:newest_agency", "publication:newest_report",
    },
    "espi.site.urls.box": {"ballotbox:ballots", "ballotbox:state", "log:record"},
}  # fmt: skip

ASKS_FOR_A_FRESH_CODE = {
    "espi.site.urls.registry": {
        "accounts:everybody", "accounts:one_account", "accounts:give_link", "accounts:disable",
        "accounts:enable", "accounts:forget_second_factor", "sampling:commit", "sampling:dice",
        "fieldwork:campaigns", "fieldwork:closing",
    },
    "espi.site.urls.public": {
        "accounts:everybody", "accounts:one_account", "accounts:give_link", "accounts:disable",
        "accounts:enable", "accounts:forget_second_factor", "ballotbox_staff:close",
        "estimation:decide", "publication:release",
    },
    "espi.site.urls.box": set(),
}  # fmt: skip


def patterns(resolver, namespace=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{namespace}:{entry.name}", entry.callback
        else:
            yield from patterns(entry, entry.namespace or namespace)


@pytest.mark.parametrize("urls", OPEN)
def test_a_page_is_open_or_guarded(urls):
    """Whatever is not meant for everybody carries ``allow``; a new page cannot forget it."""
    unguarded = {
        name for name, view in patterns(get_resolver(urls)) if not hasattr(view, "allowed_roles")
    }

    assert unguarded == OPEN[urls]


@pytest.mark.parametrize("urls", ASKS_FOR_A_FRESH_CODE)
def test_what_cannot_be_undone_asks_for_a_fresh_code(urls):
    """A session that somebody left open must not close a wave, or be one of two people."""
    asking = {
        name for name, view in patterns(get_resolver(urls)) if hasattr(view, "needs_fresh_code")
    }

    assert asking == ASKS_FOR_A_FRESH_CODE[urls]


@pytest.mark.django_db
def test_every_model_has_its_migration():
    """The schema that migrations make is the schema that the code speaks of."""
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())
