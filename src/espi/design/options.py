"""The option ``--wave``, which every command about a wave takes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

import click

from espi.design.models import Wave
from espi.design.queries import default_wave, wave_named, waves_in_field

P = ParamSpec("P")
R = TypeVar("R")


def wave_option(command: Callable[Concatenate[Wave, P], R]) -> Callable[P, R]:
    """Give a command the option ``--wave CODE``, and its function the wave as first argument.

    Without the option the only open wave is meant; where there are several, the command ends with
    an error that names them.
    """

    @click.option(
        "--wave", "wave_code", metavar="CODE", help="Code of the wave; default: the only open one."
    )
    @wraps(command)
    def with_wave(*args: P.args, **kwargs: P.kwargs) -> R:
        # Taken out here and not as an argument of its own, because click passes all by keyword and
        # a ParamSpec may not be extended by a keyword.
        code = kwargs.pop("wave_code")
        wave = wave_named(str(code)) if code else default_wave()
        return command(wave, *args, **kwargs)

    return with_wave


def waves_option(command: Callable[Concatenate[list[Wave], P], R]) -> Callable[P, R]:
    """Give a job of the night the option ``--wave CODE``, and its function the waves to do.

    Without the option that is every wave in the field: a job that stopped because there are two
    would do its work for neither.
    """

    @click.option("--wave", "wave_code", metavar="CODE", help="Default: every wave in the field.")
    @wraps(command)
    def with_waves(*args: P.args, **kwargs: P.kwargs) -> R:
        code = kwargs.pop("wave_code")
        waves = [wave_named(str(code))] if code else waves_in_field()
        return command(waves, *args, **kwargs)

    return with_waves
