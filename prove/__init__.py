"""Static analysis and symbolic proofs of the contracts; ``python -m prove`` runs them."""
