"""Statistical tests in a separate process: their library needs more memory than all workers."""
