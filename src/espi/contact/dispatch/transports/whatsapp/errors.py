"""What each error of the Cloud API means for its message: the table of its codes."""

from __future__ import annotations

from http import HTTPStatus

from espi.contact.dispatch.transports.outcomes import A_DAY, MINUTE, SHORT, Fate, Outcome

SLOW_DOWN = {4, 17, 32, 613, 130429} | set(range(80000, 80015))
PAIR_LIMIT = 131056
AWAY = {2, 131016, 131057, 133004}
LATER = {1, 131000}
UNREACHABLE = {131026, 131021, 131030, 130472, 131062}
CAPPED = {131049}
SAID_NO = {131050}
TEMPLATE_WRONG = {132000, 132001, 132005, 132007, 132008, 132012, 100, 131008, 131009, 131047}
TEMPLATE_STOPPED = {132015, 132016, 132068, 132069}
SENDER_STOPPED = {131048, 368, 131031, 130497, 131064}
OURS = (
    {0, 3, 10, 33, 190, 131005, 131037, 131042, 131045}
    | set(range(200, 300))  # permissions
    | set(range(133000, 133020))  # registration of the number
    | set(range(134000, 134020))  # payments
)


def of_error(code: int) -> Outcome:
    """Return what an error code of the Cloud API means; an unknown code is final for nobody.

    Source: Meta, "Error codes", decided by ``code`` alone; classes of dispatch.md 1.4.
    """
    error = str(code)[:64]
    classes = (
        (SLOW_DOWN, Outcome(Fate.LANE_WAITS, error=error, wait=SHORT, slower=True)),
        (AWAY, Outcome(Fate.LANE_WAITS, error=error, wait=SHORT)),
        ({PAIR_LIMIT}, Outcome(Fate.PERSON_WAITS, error=error, wait=MINUTE)),
        (CAPPED, Outcome(Fate.A_DAY_LATER, error=error, wait=A_DAY)),
        (LATER, Outcome(Fate.AGAIN, error=error, wait=MINUTE)),
        (SAID_NO, Outcome(Fate.STOPPED, error=error)),
        (UNREACHABLE, Outcome(Fate.FINAL, error=error)),
        (TEMPLATE_WRONG | TEMPLATE_STOPPED, Outcome(Fate.CAMPAIGN_STOPS, error=error)),
        (SENDER_STOPPED, Outcome(Fate.SENDER_STOPS, error=error)),
        (OURS, Outcome(Fate.ALL_STOPS, error=error, wait=MINUTE)),
    )
    for codes, outcome in classes:
        if code in codes:
            return outcome
    return Outcome(Fate.UNKNOWN, error=error, wait=MINUTE)


def of_http_status(status: int) -> Outcome:
    """Return what an HTTP answer without a readable body means.

    A refusal (4xx) is certain: nothing was sent. A 5xx may have come after the carrier took it.
    """
    error = f"http {status}"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Outcome(Fate.LANE_WAITS, error=error, wait=SHORT, slower=True)
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
        return Outcome(Fate.ALL_STOPS, error=error, wait=MINUTE)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:  # a wrong address of ours
        return Outcome(Fate.ALL_STOPS, error=error, wait=MINUTE)
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return Outcome(Fate.UNKNOWN, error=error, wait=MINUTE)
    return Outcome(Fate.UNCERTAIN, error=error)
