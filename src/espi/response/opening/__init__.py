"""Opening a closed box on a machine without network: shares and envelopes in, shuffled records out.

No Django and no database: everything it needs is in the folder that the box exported.
"""
