"""Workers: deploying, probing, moving and removing them."""
