"""The workerd processes that run uploaded scripts, and their supervision."""
