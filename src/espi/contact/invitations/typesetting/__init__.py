"""The sheet of slips, as typst sets it."""
