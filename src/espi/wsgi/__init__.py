"""Shared parts of our WSGI programs: types, headers, lengths of bodies, a limit on failures.

Used by programs with and without Django (booth, assisted booth, relay, signer, registry, box), so
nothing here may need Django, a database or a key.
"""
