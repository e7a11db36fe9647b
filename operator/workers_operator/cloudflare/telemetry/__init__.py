"""Cloudflare's telemetry API: what scripts have logged, and what they log now."""
