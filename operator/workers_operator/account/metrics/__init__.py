"""Metrics of workers from an account's analytics."""
