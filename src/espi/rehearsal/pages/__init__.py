"""The frame around the pages of the simulators: one look, and the word that all of it is play."""
