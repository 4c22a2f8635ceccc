"""The message inside an opaque signature: S/MIME signed-data (RFC 8551 section 3.5.2), unwrapped but not verified."""

from __future__ import annotations

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_DATA = bytes.fromhex("06092a864886f70d010701")
_OCTETS, _CONSTRUCTED_OCTETS = 0x04, 0x24
_MAX_CHUNKS = 100_000


def signed_content(data: bytes) -> bytes | None:
    """The content octets of a CMS SignedData (RFC 5652 section 5), None when `data` is anything else."""
    start = data.find(_SIGNED_DATA, 0, 64)
    start = data.find(_DATA, start, start + 400) if start >= 0 else -1
    if start < 0:
        return None
    position = start + len(_DATA)
    if data[position : position + 1] != b"\xa0":  # [0] EXPLICIT; absent when the signature stands beside its content
        return None
    chunks: list[bytes] = []
    position, _ = _length(data, position + 1)
    for _ in range(_MAX_CHUNKS):
        if position >= len(data) or data[position] not in (_OCTETS, _CONSTRUCTED_OCTETS):
            break
        constructed = data[position] == _CONSTRUCTED_OCTETS
        position, length = _length(data, position + 1)
        if constructed:
            continue  # its pieces follow
        if length is None:
            return None
        chunks.append(data[position : position + length])
        position += length
    return b"".join(chunks) or None


def _length(data: bytes, position: int) -> tuple[int, int | None]:
    """A BER length: the position behind it and the number of octets, None for the indefinite form."""
    first = data[position] if position < len(data) else 0
    if first < 0x80:
        return position + 1, first
    size = first & 0x7F
    if size == 0 or size > 8:
        return position + 1, None
    return position + 1 + size, int.from_bytes(data[position + 1 : position + 1 + size], "big")
