"""Callers, permissions, rate limits and the audit log."""
