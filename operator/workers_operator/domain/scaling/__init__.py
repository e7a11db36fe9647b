"""Scaling: how many instances a worker shall have, by the algorithm of the Horizontal Pod Autoscaler. Pure."""
