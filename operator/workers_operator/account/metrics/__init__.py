"""What an account's analytics say of the workers on it."""
