"""Time to the first token of a running vLLM server: a video's rows by its id against the video's file.

    python python/bench/serving.py --model llava --cache CACHE --video-id clips/a.mp4 --compression vidcom2:retention=0.25 \
        --file /videos/clips/a.mp4 [--url http://localhost:8000] [--requests 30]

The server is started as docs/serving.md says, with `--allowed-local-media-path`, `--no-enable-prefix-caching` and
`--mm-processor-cache-gb 0`, so that each request of a file decodes it again. By id a video is hot after the first request; --cold
asks for each id of the cache in turn instead, and has the reads of rows in it. Requests are made one after another, in turns.
"""

import argparse
import itertools
import json
import statistics
import time
import urllib.request
from typing import Any

from tokenreel.cache import TokenCache
from tokenreel.vllm import request_part

QUESTION = {"type": "text", "text": "What happens in the video?"}


def first_token(url: str, model: str, part: dict[str, Any]) -> tuple[float, int]:
    """Milliseconds to the first token, and bytes of the request."""
    body = {"model": model, "stream": True, "max_tokens": 1, "messages": [{"role": "user", "content": [part, QUESTION]}]}
    data = json.dumps(body).encode()
    request = urllib.request.Request(f"{url}/v1/chat/completions", data, {"Content-Type": "application/json"})  # noqa: S310, the caller's URL
    start = time.perf_counter()
    with urllib.request.urlopen(request, timeout=600) as answer:  # noqa: S310
        for line in answer:
            if line.startswith(b"data: {") and json.loads(line[6:])["choices"][0]["delta"].get("content") is not None:
                milliseconds = (time.perf_counter() - start) * 1e3
                answer.read()
                return milliseconds, len(data)
    raise RuntimeError(f"no token came for {part}")


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
    parts = itertools.cycle([request_part(cache, each, compression=options.compression) for each in ids])
    file = {"type": "video_url", "video_url": {"url": f"file://{options.file}"}}
    for part in (next(parts), file):
        first_token(options.url, options.model, part)
    measured = [
        (first_token(options.url, options.model, next(parts)), first_token(options.url, options.model, file))
        for _ in range(options.requests)
    ]
    by_id, raw = ([pair[which] for pair in measured] for which in (0, 1))
    for name, found in (("by id", by_id), ("file", raw)):
        times = [milliseconds for milliseconds, _ in found]
        middle, least, most = statistics.median(times), min(times), max(times)
        print(f"{name}: first token after {middle:.1f} ms ({least:.1f} to {most:.1f}), request of {max(size for _, size in found)} bytes")
    ratio = statistics.median(milliseconds for milliseconds, _ in raw) / statistics.median(milliseconds for milliseconds, _ in by_id)
    print(f"by id is {ratio:.1f} times as fast")


if __name__ == "__main__":
    main()
