"""Small parts of the world behind the core's ports, one file each."""
