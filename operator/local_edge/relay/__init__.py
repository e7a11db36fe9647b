"""The entry of the data plane: passes requests on to the pool, and repeats those that the pool dies under."""
