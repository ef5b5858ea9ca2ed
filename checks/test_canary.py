"""Videos that name other files and hosts: the decoder opens the copy it was given and nothing else, and connects to nobody. Traced."""

import contextlib
import csv
import os
import pathlib
import shutil
import socket
import struct
import threading

import pyarrow.parquet
import pytest

import launch
import syscalls

pytestmark = pytest.mark.slow

ENDINGS = [".mkv", ".m3u8", ".mpd", ".ffconcat", ".sdp", ".txt"]
SYSTEM = ["/proc", "/sys", "/dev/null", "/dev/random", "/dev/urandom", "/dev/fd", "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/locale"]
AT_THE_START = ["/etc"]
NAME_SERVICE = "/var/run/nscd/socket"  # which the C library asks for the user's name as the JVM starts


@pytest.fixture(scope="module")
def listener():
    """A port of this machine where somebody listens, on TCP and UDP."""
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        udp.bind(tcp.getsockname())
        tcp.setblocking(False)
        udp.setblocking(False)
        yield tcp, udp


@pytest.fixture(scope="module")
def canary(tmp_path_factory):
    """A sound video that nobody is asked to decode."""
    file = tmp_path_factory.mktemp("secret") / "canary.mov"
    shutil.copy(launch.VIDEOS / "turned_0.mov", file)
    return file


@pytest.fixture(scope="module")
def hostile(canary, listener):
    """What a video's bytes may be, by a word."""
    port = listener[0].getsockname()[1]
    host = f"127.0.0.1:{port}"
    segment = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{}\n#EXT-X-ENDLIST\n"
    addresses = {
        "path": canary,
        "file": f"file://{canary}",
        "http": f"http://{host}/canary.ts",
        "tcp": f"tcp://{host}",
        "ftp": f"ftp://{host}/canary.ts",
        "rtmp": f"rtmp://{host}/live",
        "concat": f"concat:{canary}|{canary}",
        "subfile": f"subfile,,start,0,end,0,,:{canary}",
        "data": "data:video/mp2t;base64,R0AAEAAA",
    }
    videos = {f"playlist of {word}": segment.format(address) for word, address in addresses.items()}
    videos |= {f"concatenation of {word}": f"ffconcat version 1.0\nfile '{address}'\n" for word, address in addresses.items()}
    videos["key of a playlist"] = segment.format("x.ts").replace("#EXTINF", f'#EXT-X-KEY:METHOD=AES-128,URI="http://{host}/key"\n#EXTINF')
    for word in ("path", "http"):
        videos[f"manifest of {word}"] = manifest(addresses[word])
    videos["session"] = f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n"
    videos["subtitles of another file"] = "# VobSub index file, v7 (do not modify this line!)\nid: en, index: 0\ntimestamp: 00:00:01:000, filepos: 000000000\n"
    videos["image sequence"] = "%03d.jpg\n"
    bytes_of = {name: text.encode() for name, text in videos.items()}
    movie = (launch.VIDEOS / "turned_90.mov").read_bytes()
    bytes_of["movie whose data is elsewhere"] = elsewhere(movie, canary)
    matroska = (launch.VIDEOS / "av1.mkv").read_bytes()
    bytes_of["matroska that goes on elsewhere"] = linked(matroska, canary)
    return bytes_of


def manifest(address):
    return (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT10S"><Period><AdaptationSet>'
        f'<Representation id="1" mimeType="video/mp4" codecs="avc1" bandwidth="1"><BaseURL>{address}</BaseURL></Representation>'
        "</AdaptationSet></Period></MPD>"
    )


def elsewhere(movie, canary):
    """The movie with every data reference as an alias of another file, in front of its index."""
    path = str(canary).encode()
    name = canary.name.encode()
    alias = struct.pack(">I2xH", 0, 2) + b"\0\0" + b"\1x".ljust(28, b"\0") + struct.pack(">12xB", len(name)) + name.ljust(63, b"\0")
    alias += bytes(16) + struct.pack(">hh", -1, -1) + bytes(16) + struct.pack(">HH", 18, len(path)) + path + b"\0" * (len(path) % 2)
    alias += struct.pack(">HH", 2, len(path)) + path + b"\0" * (len(path) % 2) + struct.pack(">HH", 0xFFFF, 0)
    entry = struct.pack(">I4sI", 12 + len(alias), b"alis", 0) + alias
    reference = struct.pack(">I4sII", 16 + len(entry), b"dref", 0, 1) + entry
    return nested(movie, [b"moov", b"trak", b"mdia", b"minf", b"dinf"], b"dref", reference)


def nested(boxes, path, name, replacement):
    """Boxes with those of a name, in boxes of a path, replaced, and all lengths around them right."""
    out, at = b"", 0
    while at + 8 <= len(boxes):
        length = struct.unpack_from(">I", boxes, at)[0]
        kind, body = boxes[at + 4 : at + 8], boxes[at + 8 : at + length]
        if kind == name:
            out += replacement
        elif path and kind == path[0]:
            inner = nested(body, path[1:], name, replacement)
            out += struct.pack(">I4s", 8 + len(inner), kind) + inner
        else:
            out += boxes[at : at + length]
        at += length
    return out


def linked(matroska, canary):
    """The file with the name of a next segment's file where its void was."""
    at = matroska.index(b"\xec")
    path = str(canary).encode()
    next_file = b"\x3e\x83\xbb" + bytes([0x40 | len(path) >> 8, len(path) & 255]) + path
    return matroska[:at] + next_file + matroska[at:]


def decoders(calls):
    """The calls of each decoder process, from its command line on."""
    starts = {}
    for at, call in enumerate(calls):
        if call.kind == "execute" and "ffmpeg.DecoderMain" in call.target:
            starts.setdefault(call.process, at)
    return [[call for call in calls[at:] if call.process == process] for process, at in starts.items()]


def option(command, name):
    return next(word.removeprefix(name) for word in command.split() if word.startswith(name))


def test_videos_that_name_others_open_nothing_but_their_copy(canary, hostile, listener, tmp_path):
    source = tmp_path / "videos"
    source.mkdir()
    rows = []
    for number, (name, content) in enumerate(hostile.items()):
        for ending in (".mp4", ENDINGS[number % len(ENDINGS)]):
            file = source / f"{number}{ending}"
            file.write_bytes(content)
            rows.append((f"{name} as {ending}", file))
    (source / "link.mp4").symlink_to("0.mp4")
    rows.append(("symbolic link", source / "link.mp4"))
    rows.append(("sound", launch.VIDEOS / "hevc.mp4"))
    with open(tmp_path / "videos.csv", "w", encoding="utf-8", newline="") as manifest_file:
        csv.writer(manifest_file).writerows([("video_id", "video_uri"), *rows])
    os.utime(canary, (0, canary.stat().st_mtime))

    command = [launch.ROOT / "bin" / "tokenreel", "precompute", "--input", tmp_path / "videos.csv", "--output", tmp_path / "cache", "--master", "local[1]"]
    status, printed, calls = syscalls.of(command, tmp_path, launch.ENVIRONMENT)
    assert status == 0, printed[-3000:]
    outcomes = {row["video_id"]: row["outcome"] for row in pyarrow.parquet.read_table(tmp_path / "cache" / "outcomes").to_pylist()}
    assert outcomes.pop("sound") == "OK" and len(outcomes) == len(rows) - 1
    allowed_ok = {name for name in outcomes if "movie" in name or "matroska" in name}
    assert all(outcome == "FAILED" for name, outcome in outcomes.items() if name not in allowed_ok), outcomes

    opened = sum(assert_opens_nothing_but_its_copy(decoder) for decoder in decoders(calls))
    assert opened >= len(rows)
    assert all(str(canary) not in call.target for call in calls), "opened by the job itself"
    assert canary.stat().st_atime == 0
    assert_nobody_called(listener)


def assert_opens_nothing_but_its_copy(decoder):
    """Returns how often it opened that."""
    starts = [call.target for call in decoder if call.kind == "execute"]
    assert len(starts) == 2, starts  # the shell that sets the limits, and the JVM that it becomes
    java = pathlib.Path(starts[1].split()[0])
    folder = option(starts[1], "-Djava.io.tmpdir=")
    homes = [java.parent.parent, java.resolve().parent.parent, folder, option(starts[1], "-Dorg.bytedeco.javacpp.cachedir="), launch.JAR]
    copy = syscalls.Call(decoder[0].process, "open", f"{folder}/video")
    handed_over = decoder.index(copy)
    start, decoding = decoder[:handed_over], decoder[handed_over:]
    assert outside(start, [*homes, *SYSTEM, *AT_THE_START]) == []
    assert outside(decoding, [*homes, *SYSTEM]) == []
    assert [call for call in start if call.kind == "connect" and NAME_SERVICE not in call.target] == []
    assert [call for call in without_probe(decoding) if call.kind != "open"] == []
    return decoding.count(copy)


def without_probe(calls):
    """Without the sockets by which the JDK's network library, when it is loaded, sees whether there is IPv6; it connects none."""
    loads = [at for at, call in enumerate(calls) if call.target.endswith("/libnet.so")]
    after = calls[loads[0] :] if loads else []
    probe = [call for call in after if call.kind == "socket"][:3]
    assert all(call.target in ("AF_INET", "AF_INET6") for call in probe), probe
    return [call for call in calls if not any(call is socket_of_probe for socket_of_probe in probe)]


def outside(calls, allowed):
    roots = [str(root) for root in allowed]
    return [call for call in calls if call.kind == "open" and not any(call.target == root or call.target.startswith(root.rstrip("/") + "/") for root in roots)]


def assert_nobody_called(listener):
    tcp, udp = listener
    with pytest.raises(BlockingIOError):
        tcp.accept()
    with pytest.raises(BlockingIOError):
        udp.recv(1)


def test_the_same_videos_reach_others_where_ffmpeg_has_no_lists_and_the_tracer_sees_it(canary, hostile, listener, tmp_path):
    """What the checks above would see: the same build of FFmpeg, opened with none of the decoder's lists of what is allowed."""
    port = listener[0].getsockname()[1]
    for name, demuxer, options in [
        ("playlist of path", "hls", ["allowed_extensions=ALL", "extension_picky=0"]),
        ("playlist of http", "hls", ["allowed_extensions=ALL", "extension_picky=0", "protocol_whitelist=file,http,tcp"]),
        ("concatenation of path", "any", ["safe=0"]),
        ("concatenation of http", "any", ["safe=0", "protocol_whitelist=file,http,tcp"]),
        ("movie whose data is elsewhere", "any", ["enable_drefs=1", "use_absolute_path=1"]),
    ]:
        file = tmp_path / "video"
        file.write_bytes(hostile[name])
        cached = f"-Dorg.bytedeco.javacpp.cachedir={tmp_path / 'libraries'}"
        command = [launch.JAVA, cached, "-cp", launch.JAR, launch.ROOT / "checks" / "PlainOpen.java", file, demuxer, *options]
        with hanging_up(listener[0]):
            _, printed, calls = syscalls.of(command, tmp_path, launch.ENVIRONMENT)
        reached = [call for call in calls if call.target in (str(canary), f"AF_INET 127.0.0.1:{port}") and call.kind in ("open", "connect")]
        assert reached, f"{name}: {printed[-2000:]}"


@contextlib.contextmanager
def hanging_up(listening):
    """Somebody answers, and hangs up at once."""
    over = threading.Event()

    def answer():
        while not over.wait(0.01):
            with contextlib.suppress(BlockingIOError):
                listening.accept()[0].close()

    answering = threading.Thread(target=answer)
    answering.start()
    try:
        yield
    finally:
        over.set()
        answering.join()
