"""Change custom resources on behalf of callers."""
