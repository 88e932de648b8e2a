"""Simulated respondents: they read their messages, open the booth's files, and answer.

They do over HTTP exactly what the booth does in a browser, with the same protocol, so the system
cannot tell them from people. What they choose follows from the seed and from the latent level of
the agency they judge.
"""
