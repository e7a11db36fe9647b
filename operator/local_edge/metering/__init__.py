"""What each invocation of a script took, measured by workerd itself."""
