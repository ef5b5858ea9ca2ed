"""Prints pins with the digests of the files that pip would install, from the report that `pip install --dry-run --report` writes.

    python checks/serving/pins.py REPORT
"""

import json
import pathlib
import re
import sys

report = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
print("# This file was written by bin/record-checksums")
for package in sorted(report["install"], key=lambda each: re.sub(r"[-_.]+", "-", each["metadata"]["name"]).lower()):
    name = re.sub(r"[-_.]+", "-", package["metadata"]["name"]).lower()
    print(f"{name}=={package['metadata']['version']} \\\n    --hash=sha256:{package['download_info']['archive_info']['hashes']['sha256']}")
