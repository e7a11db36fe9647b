"""Floor 1: the Kubernetes API through ``kubernetes.aio``, as raw JSON on the few endpoints that are needed."""
