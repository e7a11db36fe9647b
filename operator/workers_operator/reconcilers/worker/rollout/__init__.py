"""Rollouts of workers: which version serves in a pass, and the smoke test of a new one."""
