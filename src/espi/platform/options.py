"""Options on the command line: one that is given twice is refused, not silently replaced."""

from __future__ import annotations

import click


def refuse_repeated_options(command: click.Command) -> click.Command:
    """Make a command refuse an option that is given twice and may be given once.

    Click keeps the last value: ``--psu school --psu class`` would estimate without a word as if
    only the classes had been drawn.
    """
    parse = command.parse_args

    def parse_each_once(ctx: click.Context, args: list[str]) -> list[str]:
        if not ctx.resilient_parsing:
            _refuse_repeats(command, ctx, args)
        return parse(ctx, args)

    command.parse_args = parse_each_once  # type: ignore[method-assign] # click has no hook for it
    return command


def _refuse_repeats(command: click.Command, ctx: click.Context, args: list[str]) -> None:
    _values, _arguments, order = command.make_parser(ctx).parse_args(args=list(args))
    for option in order:
        once = isinstance(option, click.Option) and not (
            option.multiple or option.count or option.is_flag
        )
        if once and order.count(option) > 1:
            raise click.UsageError(
                f"{option.opts[-1]} is given {order.count(option)} times; it takes one value.", ctx
            )
