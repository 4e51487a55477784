"""Measurements. Each module here yields rows; ``python -m bench [names]`` runs them.

A module's ``rows()`` yields `bench.row.Row`; its name is that of the module.
"""
