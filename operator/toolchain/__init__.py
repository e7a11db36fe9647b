"""Fetch external programs into the user's cache, once per machine."""
