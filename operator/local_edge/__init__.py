"""A stand-in for Cloudflare on one machine: its REST API in Python, uploaded Workers really running on workerd.

`local_edge.cli` is the command; README.md tells what is there and what is not.
"""
