"""Bank 1: knows who is asked and how to reach them, and never what anybody answered."""
