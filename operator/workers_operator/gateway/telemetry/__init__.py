"""Logs of workers."""
