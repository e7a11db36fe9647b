"""What customers' workers have used."""
