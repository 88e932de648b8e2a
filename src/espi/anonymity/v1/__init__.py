"""Protocol version 1: codes, encodings, blind signatures, sealing, keys and the commitment."""
