"""All state of the edge, in one SQLite file that survives restarts."""
