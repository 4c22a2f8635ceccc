"""The statutory procedure: what people do in a case, when, by whom, held by which article, and what follows from it."""
