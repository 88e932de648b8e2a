"""Jobs: rows queued in the transaction of their cause, run by ``espi work``.

A job carries ids and holds no truth: it may be lost, or come twice. What must happen is a row
with a state, and the job only makes it happen sooner.
"""

from __future__ import annotations

from django_tasks import task

__all__ = ["task"]
