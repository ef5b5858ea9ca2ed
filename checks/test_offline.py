"""That the launcher's runs of all checks have no network: what they show holds without one."""

import sys

import pytest

import launch

CONNECT = """
import socket
try:
    socket.create_connection(("192.0.2.1", 80), timeout=5)
except OSError as error:
    print(error.strerror)
"""


def test_runs_of_the_launcher_have_no_network():
    if not launch.offline():
        pytest.skip("this kernel lets no user have a network namespace, so the launcher's runs were as they are")
    inside = launch.finished([*launch.offline(), sys.executable, "-c", CONNECT], None, 0)
    assert inside.stdout == "Network is unreachable\n"
