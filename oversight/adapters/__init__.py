"""Oversight's adapters: tables, repository, chain."""
