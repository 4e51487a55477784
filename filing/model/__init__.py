"""What filing is about: forms, values with their sources, cases; pure."""
