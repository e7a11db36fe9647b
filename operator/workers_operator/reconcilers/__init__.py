"""Floor 4: one pass over an object: observe → plan → execute → summarize."""
