"""The verifiable draw: commitments, public files and their checks, without a database."""
