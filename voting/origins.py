"""Where an online vote comes from, as roughly as is of use: a network and a mail provider.

No address and no account: a /24 or /48 network, and what stands behind the @.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from allauth.account.adapter import get_adapter

from voting.ciphers import keyed_hash
from voting.models.integrity import SUBNET_BYTES

if TYPE_CHECKING:
    from django.http import HttpRequest

PREFIXES = {4: 24, 6: 48}


@dataclass(frozen=True)
class Origin:
    """The network a request came from, such as 203.0.113.0/24, and its person's mail domain."""

    network: str
    mail_domain: str

    def subnet_in(self, round_id: int) -> bytes:
        """The keyed hash under which the network is kept; another one in each round. 16 bytes.

        Networks are few enough to try them all, so a bare hash would be as good as the address.
        """
        return keyed_hash(b"trace", f"{round_id}|{self.network}".encode())[:SUBNET_BYTES]


def origin_of(request: HttpRequest) -> Origin:
    """The origin of a signed-in person's request. No query beyond the person's."""
    network = _network(get_adapter().get_client_ip(request))
    return Origin(network, request.user.email.rpartition("@")[2].lower())


@lru_cache(maxsize=1024)
def _network(text: str) -> str:
    address = ip_address(text)
    address = getattr(address, "ipv4_mapped", None) or address
    return str(ip_network((address, PREFIXES[address.version]), strict=False))
