"""What is to be believed of a mail, and what of it may be shown or opened."""
