"""What identity is about, pure."""
