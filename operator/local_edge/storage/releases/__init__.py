"""Versions of scripts, and the deployments that distribute requests among them."""
