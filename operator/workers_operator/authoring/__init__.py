"""Beside the operator: the tools of those who write templates. Nothing here runs in a cluster."""
