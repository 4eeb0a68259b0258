"""The suite itself: no test leaves this machine, and none hangs."""

from __future__ import annotations

import socket
import sys

import pytest
from conftest import TEST_SECONDS
from process import run
from pytest_socket import SocketConnectBlockedError


def test_a_test_cannot_connect_to_another_machine() -> None:
    with (
        pytest.warns(UserWarning, match="tried to use socket"),
        pytest.raises(SocketConnectBlockedError),
        socket.socket() as connection,
    ):
        connection.connect(("192.0.2.1", 80))  # RFC 5737: an address for documentation


def test_a_program_that_a_test_starts_finds_no_way_out(environment: dict[str, str]) -> None:
    program = "import urllib.request; urllib.request.urlopen('http://192.0.2.1/')"
    result = run(sys.executable, "-c", program, environment=environment)
    assert "Connection refused" in result.stderr


def test_each_test_has_a_timeout(request: pytest.FixtureRequest) -> None:
    marker = request.node.get_closest_marker("timeout")
    assert marker
    assert marker.args == (TEST_SECONDS,)
