"""The watch cache: workers, platforms, and their rendered answers."""
