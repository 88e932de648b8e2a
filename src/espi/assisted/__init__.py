"""The booth for browsers without script (level L0): a process of its own that keeps nothing.

It does in memory what a browser would do, and says so before it asks anything. Answers travel with
the page, locked with a key that is only in this process's memory.
"""
