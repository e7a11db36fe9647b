"""Versions, deployments and secrets of scripts."""
