"""How identity stores, signs and writes: SQL, the key store, the chain."""
