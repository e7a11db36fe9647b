"""Floor 2: Cloudflare over HTTP (httpx). Typed calls, errors that carry their handling, one budget per token."""
