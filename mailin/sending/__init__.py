"""How mail leaves: composed, and handed to a relay or a Maildir."""
