"""Translate templates and followers: resources → domain values, decisions → statuses. Pure."""
