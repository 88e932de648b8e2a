"""A simulator of the WhatsApp Cloud API, with a page of phones: no message leaves this machine.

It keeps to the carrier's documented requests, answers, errors and signed webhooks, so that the
dispatcher cannot tell the difference; it takes only numbers of its reserved range. Never in
production: it refuses to start outside a rehearsal.
"""
