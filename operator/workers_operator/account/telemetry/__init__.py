"""Reads the logs of a worker: what is stored, what comes, and how much of it is kept."""
