"""Adapters: files, tables and the dictionary of record types."""
