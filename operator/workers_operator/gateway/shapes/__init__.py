"""Models of requests and answers, and their translation from and to custom resources. Pure."""
