"""Health: what probes and visitors' requests say about a worker, and what is done about it."""
