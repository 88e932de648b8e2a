"""One settings module per process. A process is given what it may know, and nothing else."""
