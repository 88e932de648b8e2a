"""The frame around the pages of the simulators, which says that all of it is a rehearsal."""
