"""The command, the settings, and what surrounds the service."""
