"""Files known by their SHA-256, in the data folder: a file that is there is whole and durable.

Written to a temporary name, synced, renamed, and the folder synced, before anyone is told.
"""

import hashlib
import os
import secrets
from pathlib import Path


class Blobs:
    """A folder of content-addressed files, `ab/abcdef…`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Return where a blob lies; raises ValueError for anything but 64 hex digits."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            message = "not a SHA-256 in lower-case hex"
            raise ValueError(message)
        return self.folder / sha256[:2] / sha256

    def put(self, data: bytes) -> str:
        """Store `data` durably and return its SHA-256; storing it again changes nothing."""
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path(sha256)
        if target.exists():
            return sha256
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{secrets.token_hex(8)}")
        try:
            with draft.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        handle = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        return sha256

    def remove(self, sha256: str) -> None:
        """Take a blob away for good; one that is not there stays away."""
        self.path(sha256).unlink(missing_ok=True)

    def has(self, *hashes: str) -> bool:
        """Return whether all of these blobs are there."""
        return all(self.path(sha256).exists() for sha256 in hashes)

    def get(self, sha256: str) -> bytes | None:
        """Return a blob, or None."""
        try:
            return self.path(sha256).read_bytes()
        except FileNotFoundError:
            return None
