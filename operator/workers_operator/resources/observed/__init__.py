"""Statuses as watches deliver them."""
