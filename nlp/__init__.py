"""The Dutch classifier: what a message is, which team it is for, who it is about, and why it thinks so."""
