"""The tools of a trustee: keys of the ballot box, made and rehearsed on a machine of their own."""
