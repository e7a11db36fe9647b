"""Fleets: the followers of a template, and the waves in which a new version reaches them. Pure."""
