"""Rollouts: a new version of a worker takes over from the serving one. Pure."""
