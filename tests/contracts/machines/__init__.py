"""State machines that drive each contract beside a small model of it."""
