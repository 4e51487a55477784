"""The whole journey, told through the HTTP API: every step a real request with real signatures.

Nothing here imports the product; it is a client like any other.
"""
