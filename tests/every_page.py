"""Opens every registered page as everybody would, in both languages, and every link on them."""

from __future__ import annotations

import re
from itertools import product

from django.conf import settings
from django.urls import URLPattern, get_resolver

from espi.accounts.models import Role, Staff

AGENCY = "kab-x"  # the liaison's
HREF = re.compile(r'(?:href|action)="(/[^"#]*|\?[^"#]*)"')
ADDRESSES = ["kerangka", "tidak-ada"]  # without a wave: one of an earlier version, and none
FORMATS = {"fieldwork:progress": ["", "?format=csv", "?format=xlsx"]}


def patterns(resolver, prefix="", namespace=""):
    """Yield every registered address: its name, its route, its parameters, its view."""
    for entry in resolver.url_patterns:
        route = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLPattern):
            yield f"{namespace}:{entry.name}", route, entry.callback
        else:
            yield from patterns(entry, route, entry.namespace or namespace)


def addresses(known):
    """Return every address that is registered, with each of the known values put in.

    ``known`` gives values by parameter; a page with another parameter fails the test until it is
    given one there.
    """
    found = []
    # A version and an area of the register of services, if the wave has one.
    known = {"address": ADDRESSES, "number": [1], "area_code": ["izin"]} | known
    for name, route, _view in patterns(get_resolver(settings.ROOT_URLCONF)):
        parameters = re.findall(r"<(?:\w+:)?(\w+)>", route)
        for values in product(*(known[one] for one in parameters)):
            path = f"/{route}"
            for value in values:
                path = re.sub(r"<[^>]+>", str(value), path, count=1)
            found += [path + more for more in FORMATS.get(name, [""])]
    return found


def everybody():
    """Return one member of staff for each role, a liaison of no agency at hand, and a stranger."""
    made = []
    for role in Role:
        agency = AGENCY if role == Role.LIAISON else ""
        facts = {"role": role, "agency_code": agency}
        made.append(Staff.objects.get_or_create(username=role.value, defaults=facts)[0])
    other, _ = Staff.objects.get_or_create(
        username="other", defaults={"role": Role.LIAISON, "agency_code": "kab-tanpa-daftar"}
    )
    return [None, other, *made]


def open_all(client, known):
    """Open every page as everybody in both languages; return each answer that went wrong.

    A page that is not there for somebody is right; a server error never is, nor is a page that
    links to where its own reader finds nothing.
    """
    client.raise_request_exception = False
    wrong = []
    for person in everybody():
        if person is None:
            client.logout()
        else:
            client.force_login(person)
        asked = addresses(known)
        followed = {link for path in asked for link in open_one(client, path, wrong)}
        for link in sorted(followed - set(asked)):
            status = client.get(link).status_code
            if status >= 500 or status == 404:
                wrong.append((link, status, str(person)))
    return wrong


def open_one(client, path, wrong):
    """Open a page in both languages, note what went wrong, and return what it links to."""
    found = set()
    for language in ("id", "en"):
        answer = client.get(path, {"lang": language} if "?" not in path else None)
        if answer.streaming:
            b"".join(answer.streaming_content)  # a file, which is closed when it was read
        if answer.status_code >= 500:
            wrong.append((path, answer.status_code, language))
        if answer.status_code in {302, 403, 404}:
            break  # the same in the other language
        if not answer.streaming and "html" in answer.headers["Content-Type"]:
            found |= set(links(path, answer.content.decode()))
    return found


def links(path, page):
    """Yield the addresses of this process that a page links to or sends its forms to."""
    for link in HREF.findall(page):
        if not link.startswith("/static/"):
            yield (path.split("?")[0] + link if link.startswith("?") else link).replace(
                "&amp;", "&"
            )
