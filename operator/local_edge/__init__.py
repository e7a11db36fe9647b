"""A local replacement for Cloudflare: its REST API in Python, and uploaded Workers running on workerd.

`local_edge.cli` is the command. README.md describes what is supported and what is not.
"""
