"""Notify webhooks of problems of workers and platforms, and of their end."""
