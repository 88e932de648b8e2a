"""``espi dev`` starts again what a change concerns, and nothing else."""

from __future__ import annotations

import os

from espi.rehearsal.demo.development import SOURCE, Snapshot, concerned

RUNNING = ["registry", "box", "public", "booth", "dispatcher", "worker-contact", "worker-response"]


def processes_after(name):
    return concerned({SOURCE / name}, SOURCE, RUNNING)


def test_a_change_of_one_bank_leaves_the_other_running():
    """A page of the contact bank is not served by the box."""
    assert processes_after("contact/frame/views.py") == ["registry", "dispatcher", "worker-contact"]
    assert processes_after("response/log/views.py") == ["box", "public", "worker-response"]


def test_a_change_of_what_all_share_starts_everything_again():
    assert processes_after("platform/middleware.py") == RUNNING
    assert processes_after("method/disclosure/cells.py") == RUNNING


def test_a_file_that_is_changed_added_or_removed_is_noticed(tmp_path):
    """And one that no process reads is not."""
    page, module, notes = (tmp_path / name for name in ("a.html", "b.py", "c.txt"))
    page.write_text("")
    module.write_text("")
    os.utime(page, (1, 1))
    before = Snapshot.of(tmp_path)
    os.utime(page, (2, 2))
    module.unlink()
    added = tmp_path / "d.py"
    added.write_text("")
    notes.write_text("")

    assert Snapshot.of(tmp_path).changed_since(before) == {page, module, added}
