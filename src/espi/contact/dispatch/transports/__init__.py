"""Ways to reach people, one folder each: how it sends, and what each of its errors means.

A transport knows addresses and texts; it imports no table and nothing that decides what is sent.
A new one keeps to ``protocol.Transport`` and passes ``tests/contact/dispatch/test_transports.py``.
"""
