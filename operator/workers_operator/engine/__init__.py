"""Floor 1: the reconcile engine. Knows neither kopf nor Cloudflare nor what it reconciles."""
