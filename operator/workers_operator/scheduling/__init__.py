"""Floor 5: what is due, who wakes whom, and the only module with kopf."""
