"""The command `tokenreel`: starts the product jar in one JVM, in local mode unless an option says otherwise.

What it reads of the environment:

- TOKENREEL_HEAP: heap of that JVM (default 4g)
- TOKENREEL_JARS: more jars for its class path, with : between them, such as those of a table format
- JAVA_HOME: a JDK 17 or 21; otherwise the java on the PATH
"""

from __future__ import annotations

import importlib.util
import locale
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tokenreel._jars import jobs_file, product_jar
from tokenreel._java import JavaError, java_of


def _spark_home() -> Path:
    """The folder of pyspark, which is a Spark distribution.

    Raises:
        FileNotFoundError: pyspark is not installed, or is its client alone.
    """
    spec = importlib.util.find_spec("pyspark")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    if folder is None or not (folder / "jars").is_dir():
        found = "pyspark is not installed" if folder is None else f"{folder} has no jars, as pyspark-client has none"
        raise FileNotFoundError(f"{found}: pip install 'tokenreel[jobs]' brings the one that the command needs")
    return folder


def command(arguments: list[str], environment: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """The command line of the JVM, and its environment.

    Raises:
        JavaError: there is no fitting Java.
        FileNotFoundError: a package is not installed.
        RuntimeError: the product jar is of another version than this package.
        ValueError: the product jar has no version.
    """
    jar, spark = product_jar(), _spark_home()
    java = java_of(environment)
    more_jars = environment.get("TOKENREEL_JARS")
    class_path = ":".join(filter(None, [f"{spark}/jars/*", str(jar), more_jars]))
    given = dict(environment)
    given.update(DJL_OFFLINE="true", SPARK_HOME=str(spark), SPARK_SCALA_VERSION="2.13")
    if _is_local(arguments):
        # Executors of this machine need no name service to find the driver, and Spark starts faster without.
        given.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    if _charset(given) != "UTF-8":
        given["LC_ALL"] = "C.UTF-8"  # Java takes the charset of file names from the locale, and skips names that are not in it
    options = [
        f"@{jobs_file('jvm.options')}",
        f"-Xmx{environment.get('TOKENREEL_HEAP') or '4g'}",
        "-XX:+UseParallelGC",
        f"-Dlog4j2.configurationFile={jobs_file('log4j2.properties')}",
    ]
    return [str(java), *options, "-cp", class_path, "io.tokenreel.cli.TokenReel", *arguments], given


def _is_local(arguments: list[str]) -> bool:
    """Whether Spark's master is of this machine, as far as the arguments tell."""
    joined = f" {' '.join(arguments)} "
    if " --master local" in joined or " --master=local" in joined:
        return True
    return " --master" not in joined and " --config" not in joined


def _charset(environment: Mapping[str, str]) -> str:
    """The charset of the locale that a program of this environment has."""
    named = next((environment[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environment.get(name)), "C")
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, named)
        return locale.nl_langinfo(locale.CODESET)
    except locale.Error:
        return "none"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def main() -> None:
    """Becomes the JVM."""
    try:
        line, environment = command(sys.argv[1:], os.environ)
    except (JavaError, FileNotFoundError, RuntimeError, ValueError) as error:
        sys.exit(f"tokenreel: {error}")
    sys.stdout.flush()
    os.execve(line[0], line, environment)


if __name__ == "__main__":
    main()
