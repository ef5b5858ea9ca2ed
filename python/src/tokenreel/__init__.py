"""TokenReel in Python.

| name | for | needs |
|---|---|---|
| `tokenreel.cache` | one video's tokens by id, many by id, positions | pyarrow, numpy; bf16 as such: `tokenreel[bf16]` |
| `tokenreel.vllm` | a vLLM server that takes ids of videos | a server's environment; `tokenreel[vllm]` |
| `tokenreel.session()` | a Spark session that has the functions | `tokenreel[spark]` |
| `tokenreel.functions` | the SQL functions on columns | `tokenreel[spark]` |
| `tokenreel.ml` | MLlib stages and the evaluator | `tokenreel[spark]`; all but one: `tokenreel[jobs]` |
| the command `tokenreel` | demo, precompute, inspect and all others | `tokenreel[jobs]` and a JDK 17 or 21 |
"""

from tokenreel._session import session
from tokenreel._versions import package_version

__all__ = ["session"]


def __getattr__(name: str) -> str:
    if name == "__version__":
        return package_version()
    raise AttributeError(f"module 'tokenreel' has no attribute '{name}'")
