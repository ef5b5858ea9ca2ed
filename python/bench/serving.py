"""Time to the first token of a running vLLM server: a video's rows by its id against the video's file.

    python python/bench/serving.py --model llava --cache CACHE --video-id clips/a.mp4 --compression vidcom2:retention=0.25 \
        --file /videos/clips/a.mp4 [--url http://localhost:8000] [--requests 30]

The server is started as docs/serving.md says, with `--allowed-local-media-path`, `--no-enable-prefix-caching` and
`--mm-processor-cache-gb 0`, so that each request of a file decodes it again. By id a video is hot after the first request; --cold
asks for each id of the cache in turn instead, and has the reads of rows in it. Requests are made one after another, in turns.

A prompt of as many tokens of text is the third: the server's own time for a request by id, without its rows.
"""

import argparse
import itertools
import json
import statistics
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

from tokenreel.cache import TokenCache
from tokenreel.vllm import request_part

ANY_TOKEN = 100
QUESTION = {"type": "text", "text": "What happens in the video?"}


def sent(url: str, body: dict[str, Any]) -> tuple[urllib.request.Request, int]:
    """A request, and its bytes."""
    data = json.dumps(body).encode()
    return urllib.request.Request(url, data, {"Content-Type": "application/json"}), len(data)  # noqa: S310, the caller's URL


def first_token(request: urllib.request.Request) -> float:
    """Milliseconds to the first token."""
    start = time.perf_counter()
    with urllib.request.urlopen(request, timeout=600) as answer:  # noqa: S310
        for line in answer:
            if line.startswith(b"data: {") and has_token(json.loads(line[6:])["choices"][0]):
                milliseconds = (time.perf_counter() - start) * 1e3
                answer.read()
                return milliseconds
    raise RuntimeError(f"no token came from {request.full_url}")


def has_token(choice: dict[str, Any]) -> bool:
    """Whether a part of an answer has more than a role."""
    return (choice["delta"].get("content") if "delta" in choice else choice["text"]) is not None


def prompt_tokens(request: urllib.request.Request) -> int:
    """Of a request that is answered at once."""
    with urllib.request.urlopen(request, timeout=600) as answer:  # noqa: S310
        return int(json.load(answer)["usage"]["prompt_tokens"])


def main() -> None:
    """The program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("model", "cache", "video-id", "file"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--compression")
    parser.add_argument("--url", default="http://localhost:8000")
    parser.add_argument("--requests", type=int, default=30)
    parser.add_argument("--cold", action="store_true")
    options = parser.parse_args()
    cache = TokenCache.open(options.cache)
    ids = cache.ids(compression=options.compression) if options.cold else [options.video_id]
    chat, limits = f"{options.url}/v1/chat/completions", {"model": options.model, "stream": True, "max_tokens": 1}

    def asked(part: dict[str, Any], **more: object) -> tuple[urllib.request.Request, int]:
        return sent(chat, limits | {"messages": [{"role": "user", "content": [part, QUESTION]}]} | more)

    parts = [request_part(cache, each, compression=options.compression) for each in ids]
    tokens = prompt_tokens(asked(parts[0], stream=False)[0])
    words = sent(f"{options.url}/v1/completions", limits | {"prompt": [ANY_TOKEN] * tokens})
    sides: dict[str, Iterator[tuple[urllib.request.Request, int]]] = {
        "by id": itertools.cycle([asked(part) for part in parts]),
        "file": itertools.repeat(asked({"type": "video_url", "video_url": {"url": f"file://{options.file}"}})),
        f"text of as many tokens, {tokens}": itertools.repeat(words),
    }
    found: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(options.requests + 1):  # the first one is not counted
        for name, requests in sides.items():
            request, size = next(requests)
            milliseconds = first_token(request)
            found[name] += [milliseconds] if turn else []
            if turn == options.requests:
                middle, least, most = statistics.median(found[name]), min(found[name]), max(found[name])
                print(f"{name}: first token after {middle:.1f} ms ({least:.1f} to {most:.1f}), request of {size} bytes")
    by_id, raw, text = (statistics.median(times) for times in found.values())
    print(f"by id is {raw / by_id:.1f} times as fast; {text / by_id:.0%} of its time is that of as many tokens of text")


if __name__ == "__main__":
    main()
