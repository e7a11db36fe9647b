"""What is generated from the models: CRDs, and the reference of their fields."""
