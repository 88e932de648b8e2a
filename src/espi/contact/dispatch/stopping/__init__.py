"""Who asked to be left alone: in the database, in a file outside it, and by which names."""
