"""Forms of other websites: from what they send, by mail or by HTTP, to the fields of a complaint."""
