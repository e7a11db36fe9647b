"""Notifications of a platform: webhooks and their status."""
