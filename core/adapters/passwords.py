"""Passwords hashed with argon2id at the library's current recommended strength (RFC 9106)."""

from argon2 import PasswordHasher as Argon2
from argon2.exceptions import InvalidHashError, VerifyMismatchError


class Argon2Passwords:
    """The PasswordHasher port over argon2-cffi."""

    def __init__(self) -> None:
        self._hasher = Argon2()

    def hash(self, password: str) -> str:
        """A salted hash that carries its own parameters."""
        return self._hasher.hash(password)

    def matches(self, stored: str, password: str) -> bool:
        """Whether the password is the one that was hashed."""
        try:
            return self._hasher.verify(stored, password)
        except (VerifyMismatchError, InvalidHashError):
            return False
