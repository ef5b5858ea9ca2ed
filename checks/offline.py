"""Runs a command where there is no network but its own loopback, and nothing in the home folder: python offline.py HOME COMMAND..."""

import ctypes
import fcntl
import os
import socket
import struct
import sys

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS = 0x8914
IFF_UP = 1


def leave_the_network():
    """Moves this process into a network of its own, as any user may where the kernel lets users have namespaces."""
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "this kernel lets no user have a network namespace")
    for name, text in [("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")]:
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as anyone:
        fcntl.ioctl(anyone, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


def main(home, *command):
    leave_the_network()
    java = f"{os.environ.get('JDK_JAVA_OPTIONS', '')} -Duser.home={home}"
    os.execvpe(command[0], command, {**os.environ, "HOME": home, "JDK_JAVA_OPTIONS": java})


if __name__ == "__main__":
    main(*sys.argv[1:])
