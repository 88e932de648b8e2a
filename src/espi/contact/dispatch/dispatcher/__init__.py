"""The process that sends: its loop, its rate, and how it waits for a database that is away."""
