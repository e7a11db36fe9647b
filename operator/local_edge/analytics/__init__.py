"""The GraphQL Analytics API, and the search in logs, without HTTP and storage."""
