"""What belongs to an account script besides its code: its service, hosts, schedules and tails; and account settings."""
