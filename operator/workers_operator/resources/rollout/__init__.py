"""Rollouts of new versions: what is asked for, and what is reported."""
