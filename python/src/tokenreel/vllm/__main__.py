"""Prints the part of a chat request that stands for a video.

python -m tokenreel.vllm CACHE VIDEO_ID [--compression SPEC] [--sampling SPEC] [--encoder NAME]
"""

import argparse
import json
import sys

from tokenreel.cache import CacheError, TokenCache
from tokenreel.vllm import request_part


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m tokenreel.vllm", description="Prints the part of a chat request that stands for a video."
    )
    parser.add_argument("cache", help="the cache's folder or URI")
    parser.add_argument("video_id", help="the video's id")
    for name in ("compression", "sampling", "encoder"):
        parser.add_argument(f"--{name}", help="of the row; may be left out where the video has rows of one only")
    options = vars(parser.parse_args())
    try:
        part = request_part(TokenCache.open(options.pop("cache")), options.pop("video_id"), **options)
    except CacheError as error:
        sys.exit(str(error))
    sys.stdout.write(json.dumps(part) + "\n")


if __name__ == "__main__":
    main()
