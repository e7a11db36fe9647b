"""Rollouts: how a new version of a worker takes over from the one that serves. Pure."""
