"""Which files, sockets and programs a command and all its children ask the kernel for.

A seccomp filter makes the kernel stop a process at those system calls and at no others, and ptrace lets its parent look at it
then, so that a whole Spark job runs at nearly its usual speed. Python's ctypes and Linux on x86-64 are all that this needs.

    python syscalls.py CALLS OUTPUT COMMAND...

writes a JSON line per call to CALLS, the command's own output to OUTPUT, and ends with its exit status.
"""

import contextlib
import ctypes
import dataclasses
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys

OPENS = {2: 0, 85: 0, 257: 1, 437: 1}  # open, creat, openat, openat2, and which argument is the path
EXECUTES = {59: 0, 322: 1}  # execve, execveat
SOCKET, CONNECT, BIND = 41, 42, 49
OTHERS = {44: "sendto", 46: "sendmsg", 304: "open_by_handle_at", 425: "io_uring_setup"}
WATCHED = [*OPENS, *EXECUTES, SOCKET, CONNECT, BIND, *OTHERS]

TRACEME, CONTINUE, GETREGS, SETOPTIONS = 0, 7, 12, 0x4200
FORK, VFORK, CLONE, EXEC, SECCOMP = 1, 2, 3, 4, 7
OPTIONS = sum(1 << event for event in (FORK, VFORK, CLONE, EXEC, SECCOMP)) | 1 << 20  # and end with the tracer
EVERY_THREAD = 0x40000000  # __WALL
NO_NEW_PRIVILEGES, SET_SECCOMP, BY_FILTER = 38, 22, 2
X86_64 = 0xC000003E

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
LIBC.ptrace.restype = ctypes.c_long


@dataclasses.dataclass(frozen=True)
class Call:
    """One system call, before it was done: its process, its kind (open, execute, socket, connect ...) and what it is for."""

    process: int
    kind: str
    target: str


class Registers(ctypes.Structure):
    """Of x86-64, as ptrace gives them."""

    _fields_ = [
        (name, ctypes.c_ulonglong)
        for name in "r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi number rip cs eflags rsp ss fs_base gs_base ds es fs gs".split()
    ]


def of(command, folder, environment):
    """Runs a command, traced by a process of its own; returns its exit status, what it printed and its calls."""
    calls, output = folder / "calls", folder / "output"
    words = [sys.executable, __file__, calls, output, *command]
    status = subprocess.run([str(word) for word in words], env=environment, check=False).returncode
    lines = calls.read_text(encoding="utf-8").splitlines()
    return status, output.read_text(encoding="utf-8", errors="replace"), [Call(**json.loads(line)) for line in lines]


def trace(command, output):
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            become(command, output)
        os._exit(127)
    os.waitpid(child, 0)  # it has stopped itself
    check(LIBC.ptrace(SETOPTIONS, child, None, OPTIONS), "PTRACE_SETOPTIONS")
    resume(child, 0)
    return follow(child)


def become(command, output):
    out = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    check(LIBC.ptrace(TRACEME, 0, None, None), "PTRACE_TRACEME")
    os.kill(os.getpid(), signal.SIGSTOP)
    filter_calls()
    os.execvp(command[0], command)


def filter_calls():
    """Lets the kernel report the watched calls; all others run as ever."""
    load, equal, give = 0x20, 0x15, 0x06
    report, allow, kill = 0x7FF00000, 0x7FFF0000, 0x80000000
    program = [(load, 0, 0, 4), (equal, 1, 0, X86_64), (give, 0, 0, kill), (load, 0, 0, 0)]
    program += [(equal, len(WATCHED) - i, 0, number) for i, number in enumerate(WATCHED)]
    program += [(give, 0, 0, allow), (give, 0, 0, report)]
    code = b"".join(struct.pack("HBBI", *line) for line in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer)))
    check(LIBC.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS")
    check(LIBC.prctl(SET_SECCOMP, BY_FILTER, head, 0, 0), "PR_SET_SECCOMP")


def follow(child):
    calls, known, status = [], {child: child}, None
    while known:
        try:
            thread, state = os.waitpid(-1, EVERY_THREAD)
        except ChildProcessError:
            break
        if os.WIFEXITED(state) or os.WIFSIGNALED(state):
            known.pop(thread, None)
            if thread == child:
                status = os.waitstatus_to_exitcode(state)
            continue
        passed = os.WSTOPSIG(state)
        if state >> 16 == SECCOMP:
            calls += seen(thread, known.setdefault(thread, process_of(thread)))
        if state >> 16 or (passed == signal.SIGSTOP and thread not in known):
            passed = 0  # ptrace's own signals: an event, or a new thread's first stop
        known.setdefault(thread, process_of(thread))
        resume(thread, passed)
    return status, calls


def resume(thread, passed):
    LIBC.ptrace(CONTINUE, thread, None, passed)  # it may be gone


def process_of(thread):
    with contextlib.suppress(OSError):
        for line in pathlib.Path(f"/proc/{thread}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("Tgid:"):
                return int(line.split()[1])
    return thread


def seen(thread, process):
    registers = Registers()
    if LIBC.ptrace(GETREGS, thread, None, ctypes.byref(registers)) != 0:
        return []  # it was killed at this moment
    number = registers.number
    arguments = [registers.rdi, registers.rsi, registers.rdx]
    if number in OPENS:
        return [Call(process, "open", absolute(thread, text(thread, arguments[OPENS[number]])))]
    if number in EXECUTES:
        return [Call(process, "execute", " ".join(strings(thread, arguments[EXECUTES[number] + 1])))]
    if number == SOCKET:
        return [Call(process, "socket", family(arguments[0]))]
    if number in (CONNECT, BIND):
        return [Call(process, "connect" if number == CONNECT else "bind", address(memory(thread, arguments[1], arguments[2])))]
    return [Call(process, OTHERS[number], "")]


def absolute(thread, path):
    """A path as seen from the process's folder, without asking where links lead."""
    folder = ""
    with contextlib.suppress(OSError):
        folder = os.readlink(f"/proc/{thread}/cwd")
    return os.path.normpath(os.path.join(folder, path))


def family(number):
    try:
        return socket.AddressFamily(number).name
    except ValueError:
        return f"family {number}"


def address(raw):
    kind = struct.unpack_from("H", raw)[0] if len(raw) >= 2 else 0
    if kind == socket.AF_UNIX:
        return "AF_UNIX " + raw[2:].split(b"\0")[0].decode(errors="replace")
    if kind == socket.AF_INET:
        return f"AF_INET {socket.inet_ntoa(raw[4:8])}:{struct.unpack_from('>H', raw, 2)[0]}"
    return family(kind)


def memory(thread, at, length):
    with open(f"/proc/{thread}/mem", "rb", 0) as process:
        process.seek(at)
        return process.read(length)


def text(thread, at):
    read = b""
    while b"\0" not in read:
        part = memory(thread, at + len(read), 4096 - (at + len(read)) % 4096)
        if not part:
            break
        read += part
    return read.split(b"\0")[0].decode(errors="replace")


def strings(thread, at):
    while pointer := struct.unpack("Q", memory(thread, at, 8))[0]:
        yield text(thread, pointer)
        at += 8


def check(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    exit_status, found = trace(sys.argv[3:], sys.argv[2])
    pathlib.Path(sys.argv[1]).write_text("".join(json.dumps(dataclasses.asdict(call)) + "\n" for call in found), encoding="utf-8")
    sys.exit(exit_status if exit_status >= 0 else 128 - exit_status)
