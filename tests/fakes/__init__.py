"""Stand-ins for outside services, written from their published descriptions."""
