"""Who may claim what on a platform: grants, ownership, customers' plans. Pure."""
