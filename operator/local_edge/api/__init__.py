"""Cloudflare's REST API for Workers, KV, R2 and Analytics Engine, under /client/v4."""
