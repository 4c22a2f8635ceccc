"""The recipe of the shipped model: a spaCy project with its configuration, corpus and conversion."""
