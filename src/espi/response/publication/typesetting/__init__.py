"""The typst sources of the report."""
