"""The fleet page, and endpoints that other callers rarely need."""
