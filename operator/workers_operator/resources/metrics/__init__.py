"""Metrics of workers and platforms."""
