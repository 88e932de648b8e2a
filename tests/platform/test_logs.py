from __future__ import annotations

import logging

from espi.platform.logs import FactsOnly


def test_a_log_line_holds_no_fact_of_the_request():
    """Arguments of a message and the text of an exception never reach the log."""
    try:
        int("+6289900001234 k7qm")
    except ValueError as error:
        record = logging.LogRecord(
            "django.request", logging.ERROR, "views.py", 7, "Bad: %s", ("/u/k7qm",), None
        )
        record.exc_info = (type(error), error, error.__traceback__)
    line = FactsOnly().format(record)

    assert "ValueError" in line
    assert "k7qm" not in line
    assert "628990" not in line
