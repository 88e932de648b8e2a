"""A fictional nation from outside: lists, a carrier of messages, a mail sink, respondents.

It talks to the system only over HTTP, SMTP, files and the command line, so that a rehearsal proves
what the real world would meet. It imports neither bank, and must never be needed by one.
"""
