"""Measurements of workers, as values that can be added."""
