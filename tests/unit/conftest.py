"""How much the property tests try: the same every time by default, much more with --hypothesis-profile=thorough."""

from hypothesis import settings

settings.register_profile(
    "default", max_examples=50, deadline=None, database=None, derandomize=True
)
settings.register_profile("thorough", max_examples=2000, deadline=None, database=None)
settings.load_profile("default")
