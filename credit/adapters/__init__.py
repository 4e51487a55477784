"""Credit's adapters: tables, repositories, rule files."""
