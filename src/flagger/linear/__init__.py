"""Linear heads over hashed n-grams, with numpy alone."""
