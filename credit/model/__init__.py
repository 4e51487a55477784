"""The pure rules of credit: features, points, limit, rate, bundle. No clock, no I/O."""
