"""What every web program of ours needs: types of WSGI, lengths of bodies, a limit on failures.

Used by programs with and without Django (booth, assisted booth, relay, signer, registry, box), so
nothing here may need Django, a database or a key.
"""
