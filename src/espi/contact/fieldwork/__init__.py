"""Staff pages of the contact bank: the wave at a glance, progress, outcome rates."""
