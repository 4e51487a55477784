"""What the regulator sees and does; pure."""
