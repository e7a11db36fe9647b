"""Floor 3: what is known of one Cloudflare account, and everything that is done to it."""
