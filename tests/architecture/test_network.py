"""Tests reach nothing but this machine."""

import socket

import pytest


@pytest.mark.parametrize(
    ("family", "address"),
    [(socket.AF_INET, ("192.0.2.1", 9)), (socket.AF_INET6, ("2001:db8::1", 9))],
    ids=["IPv4", "IPv6"],
)
def test_another_machine_is_out_of_reach(family: socket.AddressFamily, address: tuple[str, int]) -> None:
    """A connection to another machine is refused before anything is sent, and one to this machine is not."""
    with socket.socket(family, socket.SOCK_DGRAM) as here, pytest.raises(PermissionError, match="tries to reach"):
        here.connect(address)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here:
        here.connect(("127.0.0.1", 9))
