"""All state of the edge, in one SQLite file; it survives a restart."""
