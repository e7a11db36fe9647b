"""Errors, pages, preconditions, bounds and streams: common to all requests."""
