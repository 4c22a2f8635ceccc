"""The rows of the procedure, by phase; ``table`` joins them."""
