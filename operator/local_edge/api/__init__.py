"""Cloudflare's REST API, the part that is about Workers, KV and R2, under /client/v4."""
