"""Floor 0: the reconcile engine. It is independent of kopf, of Cloudflare and of the reconciled objects."""
