"""Pure decisions: standard library only, without clock, file or network (a test holds it so)."""
