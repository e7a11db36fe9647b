"""KV, R2 and Analytics Engine."""
