"""Plans: desired, observed and owned things → ordered actions, each with a reason. Pure."""
