"""Parameters of templates: which schemas can describe them, and what is wrong with values."""
