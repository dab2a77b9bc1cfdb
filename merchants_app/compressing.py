"""Answers made smaller on the way, where nothing secret stands beside what somebody else wrote.

Pages of people who are signed in go as they are: the length of a compressed page tells an attacker
who can have words of theirs put into it what else it says (BREACH).
"""

from litestar.config.compression import CompressionConfig
from litestar.middleware import DefineMiddleware
from litestar.middleware.compression import CompressionMiddleware

LEVEL = 6
"""Of gzip: the decoder's megabyte in 50 ms instead of 90, and 1 % larger."""

COMPRESSED = DefineMiddleware(
    CompressionMiddleware, config=CompressionConfig(backend="gzip", gzip_compress_level=LEVEL)
)
"""For handlers and routers whose answers hold no secret."""
