"""What makes scripts run, besides zone routes: workers.dev, custom domains and schedules; and account settings."""
