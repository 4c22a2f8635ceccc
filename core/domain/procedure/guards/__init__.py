"""Guards: what must hold before something may be done, each with the article or section it rests on."""
