"""Floor 0: decisions as pure functions on frozen values. No I/O, no clock, no kopf, no httpx."""
