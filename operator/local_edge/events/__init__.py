"""What happens besides requests: cron triggers, and the recording of events for tails."""
