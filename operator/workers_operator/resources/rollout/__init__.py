"""Rollouts of new versions: spec and status."""
