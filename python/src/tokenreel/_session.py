"""A Spark session that has TokenReel's functions and stages."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tokenreel._jars import EXTENSION, functions_jar, has_jobs, product_jar

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_HEAP = "4g"  # the command's
# While native code holds an array, a collector gives up an allocation after two tries, as if the heap were full.
_PATIENT_COLLECTOR = "-XX:+UnlockDiagnosticVMOptions -XX:GCLockerRetryAllocationCount=1000"


def session(conf: Mapping[str, str] | None = None, *, master: str | None = None, jar: str | os.PathLike[str] | None = None) -> SparkSession:
    """A session that has the SQL functions, and the MLlib stages that its jar has.

    Where a session runs already, also one of Spark Connect, it is taken as it is and must have the functions. Otherwise one is
    made with the product jar where `tokenreel[jobs]` is installed, else with the small jar of this package, which has the
    functions and `CompressionTransformer`. Its driver has 4 GB of heap unless `conf` has another `spark.driver.memory`.

    Args:
        conf: Spark properties. `spark.jars` and `spark.sql.extensions` are added to.
        master: the Spark master; default: what the properties or spark-submit say, else `local[*]`.
        jar: the jar to take in place of an installed one.

    Raises:
        RuntimeError: a session runs that has not the functions; the message says what it lacks.
        ImportError: pyspark is not installed.
    """
    try:
        from pyspark.sql import SparkSession, is_remote
    except ImportError as error:
        raise ImportError("tokenreel.session() needs pyspark: pip install 'tokenreel[spark]' brings it") from error
    settings = dict(conf or {})
    remote = settings.get("spark.remote", "")
    if (is_remote() or remote) and not remote.startswith("local"):
        return _with_functions(_configured(SparkSession.builder, settings).getOrCreate(), "the Spark Connect server")
    running = None if remote else SparkSession.getActiveSession()
    if running is not None:
        return _with_functions(_configured(SparkSession.builder, settings).getOrCreate() if settings else running, "the running session")
    found = Path(jar) if jar is not None else product_jar() if has_jobs() else functions_jar()
    settings["spark.jars"] = _listed(settings.get("spark.jars"), str(found))
    settings["spark.sql.extensions"] = _listed(settings.get("spark.sql.extensions"), EXTENSION)
    settings.setdefault("spark.driver.memory", _HEAP)
    options = (settings.get("spark.driver.extraJavaOptions"), _PATIENT_COLLECTOR)
    settings["spark.driver.extraJavaOptions"] = " ".join(filter(None, options))
    builder = _configured(SparkSession.builder, settings)
    with warnings.catch_warnings():
        # A server of this machine is started with these, and is then asked in vain to take them again.
        warnings.filterwarnings("ignore", r"Failed to set spark\.(jars|sql\.extensions|driver\.\w+) ", UserWarning)
        return _with_functions((builder.master(master) if master else builder).getOrCreate(), "the session")


def _configured(builder: SparkSession.Builder, settings: Mapping[str, str]) -> SparkSession.Builder:
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder


def _listed(before: str | None, more: str) -> str:
    parts = [part for part in (before or "").split(",") if part]
    return ",".join(parts if more in parts else [*parts, more])


def _with_functions(spark: SparkSession, what: str) -> SparkSession:
    from pyspark.errors import AnalysisException

    try:
        spark.sql("DESCRIBE FUNCTION select_tokens").collect()
    except AnalysisException as error:
        raise RuntimeError(
            f"{what} has no function select_tokens: it was made without spark.sql.extensions={EXTENSION}, or without TokenReel's jar on"
            " spark.jars. Both are taken when Spark's JVM starts, which outlives spark.stop(): restart Python and call tokenreel.session()"
            " first, or start the server with both"
        ) from error
    return spark
