"""Endpoints that tell what scripts did: metrics and logs."""
