"""Floor 1: the Kubernetes API through ``kubernetes.aio``: raw JSON, and only the endpoints that the operator uses."""
