"""The REST API: a stateless front over the custom resources. Nothing else imports FastAPI."""
