"""When calls may be sent: within the budget, and while the API is available."""
