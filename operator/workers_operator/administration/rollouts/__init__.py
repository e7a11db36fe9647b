"""Rollouts of one worker, for whoever may change its annotations."""
