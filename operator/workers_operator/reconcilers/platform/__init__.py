"""Platforms: setting up what all workers of an account rely on, and keeping its snapshot fresh."""
