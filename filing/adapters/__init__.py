"""How cases are kept."""
