"""Asking before steps that cannot be undone: a page of consequences, or a code to type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import click
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

FIELD, YES = "confirmed", "yes"


@dataclass(frozen=True, slots=True)
class Question:
    """The question before a step that cannot be undone.

    Attributes:
        title: the step, as a question.
        consequences: one sentence each.
        button: the text of the button that does it.
        back: the address to return to if nothing is to be done.
    """

    title: str
    consequences: Sequence[str]
    button: str
    back: str


def ask_first(request: HttpRequest, question: Question) -> HttpResponse | None:
    """Return the page that asks, or nothing if this request is its answer.

    The page posts the same fields to the same address again, with the confirmation.
    """
    if request.POST.get(FIELD) == YES:
        return None
    sent = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in {"csrfmiddlewaretoken", FIELD}
    ]
    context = {"question": question, "sent": sent, "field": FIELD, "yes": YES}
    return render(request, "confirm.html", context)


def typed_code(code: str, consequences: Sequence[str]) -> None:
    """Print the consequences, and go on only if the operator types the code of the wave.

    Raises:
        click.Abort: something else was typed; nothing was done.
    """
    for sentence in consequences:
        click.echo(f"- {sentence}", err=True)
    if click.prompt(f"Type {code} to go on", default="", show_default=False, err=True) != code:
        raise click.Abort


YES_OPTION = click.option("--yes", is_flag=True, help="Do not ask; for scripts.")
