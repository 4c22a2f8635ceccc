"""The mail doors of Gehoord: raw bytes of a message become an understood `Mail`."""
