"""Floor 2: custom resources as domain values, and domain values as statuses. Pure."""
