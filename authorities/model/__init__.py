"""Pure rules of the sandbox city: no Flask, SQLAlchemy or web3."""
