"""Looks after what serves: probes, and passes that have nothing else to do."""
