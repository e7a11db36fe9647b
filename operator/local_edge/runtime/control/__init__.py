"""The supervisor's side of requests by workerd processes: code, jailed runs, and the storage of bindings."""
