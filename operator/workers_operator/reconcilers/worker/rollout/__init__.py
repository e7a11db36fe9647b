"""Rollouts of workers: chart the course of a pass, carry it out, test new versions."""
