"""Where a network belongs, by a list the operator gives: of an address only its region is kept.

One line a network: `CIDR,region`, and a third column `away` for networks from which nobody patrols
(`203.0.113.0/24,上海,away`). No list, or no line for an address: the region is not known, which
is no doubt. Carriers move their networks about, so a region is a hint and never more.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from litestar.connection import ASGIConnection

AWAY = "away"
LONGEST = 40
"""Characters of a region's name."""

LOOPBACK = frozenset({"127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Region:
    """A region's name, and whether nobody patrols from there; without a name it is not known."""

    name: str = ""
    away: bool = False


UNKNOWN = Region()
Networks = Mapping[tuple[int, int], Mapping[int, Region]]
"""IP version and length of the prefix, longest first → first address of the network → region."""


@cache
def read(file: Path) -> Networks:
    """Return the networks that `file` (UTF-8) lists; raise ValueError naming a wrong line."""
    found: dict[tuple[int, int], dict[int, Region]] = {}
    for network, region in _lines(file):
        own = found.setdefault((network.version, network.prefixlen), {})
        own[int(network.network_address)] = region
    return dict(sorted(found.items(), reverse=True))


def _lines(file: Path) -> Iterator[tuple[Any, Region]]:
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{file} cannot be read"
        raise ValueError(message) from error
    for number, row in enumerate(csv.reader(text.splitlines()), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith("#"):
            continue
        mark = cells[2] if len(cells) == 3 else ""
        right = len(cells) in {2, 3} and 0 < len(cells[1]) <= LONGEST and mark in {"", AWAY}
        try:
            network = ip_network(cells[0]) if right else None
        except ValueError:
            network = None
        if network is None:
            message = f"{file} line {number}: CIDR,region or CIDR,region,away is expected"
            raise ValueError(message)
        yield network, Region(cells[1], mark == AWAY)


def region_of(address: str, file: Path | None) -> Region:
    """Return where an IP address belongs, by the narrowest network that holds it."""
    if file is None:
        return UNKNOWN
    try:
        ip = ip_address(address)
    except ValueError:
        return UNKNOWN
    for (version, length), networks in read(file).items():
        if version == ip.version:
            region = networks.get(int(ip) >> ip.max_prefixlen - length << ip.max_prefixlen - length)
            if region is not None:
                return region
    return UNKNOWN


def address_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the address a request came from; a proxy on this machine is believed about it."""
    peer = connection.client.host if connection.client else ""
    if peer not in LOOPBACK:
        return peer
    told = connection.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return told or peer
