"""The GraphQL Analytics API: its schema, filters and aggregates, without HTTP and storage."""
