"""Inputs, outputs and reruns on s3a://, with hadoop-aws as a user adds it, against an S3 server on loopback."""

import shutil
import signal
import subprocess
import time

import boto3
import pytest
from moto.server import ThreadedMotoServer

import launch
import tables

pytestmark = pytest.mark.slow

NAMES = ["h264_closed_gop.mp4", "h264_open_gop.ts", "h264_interlaced.mp4"]
CLIPS = launch.ROOT / "jobs" / "src" / "test" / "resources" / "clips"
KEYS = {"access.key": "any", "secret.key": "any"}
FEW = ["--sampling", "uniform:frames=2", "--keep-features", "--videos-per-commit", "1"]


@pytest.fixture(scope="module")
def jars(tmp_path_factory):
    """hadoop-aws and what it needs, 15 MB."""
    folder = tmp_path_factory.mktemp("hadoop-aws")
    fetch = ["-B", "-q", "-ntp", "-f", launch.ROOT / "checks" / "s3" / "pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
    launch.finished([launch.ROOT / "mvnw", *fetch], launch.ENVIRONMENT, 0)
    return folder


@pytest.fixture(scope="module")
def store():
    """A client of a server with the bucket `videos`, which has some with awkward names below `in`."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.client("s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1", aws_access_key_id="any", aws_secret_access_key="any")
    client.create_bucket(Bucket="videos")
    for name in NAMES:
        client.upload_file(str(CLIPS / name), "videos", f"in/12:30 [1]/{name}")
    yield client
    server.stop()


@pytest.fixture
def s3(jars, store):
    """Makes a command of the launcher and the environment for it, with the settings of KEYS unless others are given."""

    def command(*arguments, keys=KEYS):
        settings = {"endpoint": store.meta.endpoint_url, "endpoint.region": "us-east-1", "path.style.access": "true", **keys}
        conf = [part for key, value in settings.items() for part in ("--conf", f"spark.hadoop.fs.s3a.{key}={value}")]
        # The server is on this machine's loopback, and not on that of a network of the command's own.
        return launch.launcher(*arguments, *conf, within=["env"]), {**launch.ENVIRONMENT, "TOKENREEL_JARS": f"{jars}/*"}

    return command


def keys(store, prefix):
    """Of the objects, without the empty ones by which s3a marks a folder."""
    found = store.list_objects_v2(Bucket="videos", Prefix=prefix).get("Contents", [])
    return [each["Key"] for each in found if not each["Key"].endswith("/")]


def download(store, prefix, folder):
    for key in keys(store, prefix):
        file = folder / key.removeprefix(prefix).lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        store.download_file("videos", key, str(file))


def without_uris(rows):
    return {key: {name: value for name, value in row.items() if name != "video_uri"} for key, row in rows.items()}


def test_precompute_killed_and_run_again_has_the_tables_of_a_local_run(s3, store, tmp_path):
    local = tmp_path / "local"
    source = tmp_path / "12:30 [1]"
    source.mkdir()
    for name in NAMES:
        shutil.copy(CLIPS / name, source / name)
    launch.precompute(source, local, *FEW)

    run = ["precompute", "--input", "s3a://videos/in/12:30 [1]", "--output", "s3a://videos/cache", *FEW]
    command, environment = s3(*run)
    with subprocess.Popen([str(part) for part in command], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + launch.SECONDS
        while not keys(store, "cache/tokens/") and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL, "the run ended before it could be killed"
    assert keys(store, "cache/_lock"), "the killed writer's lock is there"

    launch.finished(*s3(*run), 0)
    launch.finished(*s3("verify", "--cache", "s3a://videos/cache"), 0)
    assert {key.split("/")[1] for key in keys(store, "cache/_")} == {"_encoders", "_index", "_schema-1"}, "nothing else is left of a commit"
    found = launch.finished(*s3("inspect", "--cache", "s3a://videos/cache", "--video-id", NAMES[0]), 0)
    assert NAMES[0] in found.stdout

    download(store, "cache/", tmp_path / "remote")
    for table in [tables.tokens, tables.features]:
        assert without_uris(table(tmp_path / "remote")) == without_uris(table(local))


@pytest.fixture
def manifest(tmp_path):
    file = tmp_path / "videos.csv"
    file.write_text(f"video_uri\ns3a://videos/in/12:30 [1]/{NAMES[0]}\n{CLIPS / NAMES[0]}\n")
    return file


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        (["precompute", "--input", "MANIFEST", "--output", "LOCAL"], "videos.csv has videos on s3a://videos/in/12:30"),
        (["precompute", "--input", "s3a://videos/in", "--output", "LOCAL"], "s3a://videos/in"),
        (["precompute", "--input", CLIPS / NAMES[0], "--output", "s3a://videos/none"], "s3a://videos/none"),
        (["precompute", "--input", CLIPS / NAMES[0], "--output", "LOCAL", "--model", "s3a://videos/model"], "s3a://videos/model"),
    ],
)
def test_command_without_credentials_ends_with_what_to_set(s3, manifest, tmp_path, arguments, path):
    anonymous = {"aws.credentials.provider": "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider"}
    places = {"LOCAL": tmp_path / "cache", "MANIFEST": manifest}
    refused = launch.finished(*s3(*[places.get(part, part) for part in arguments], keys=anonymous), 2)
    said = refused.stderr[refused.stderr.index("tokenreel: ") :].splitlines()
    assert path in said[0] and "no credentials" in said[0] and "AWS_ACCESS_KEY_ID" in said[0], refused.stderr
    assert len(said) <= 2, refused.stderr


def test_precompute_bucket_that_is_not_there_ends_with_its_name(s3):
    refused = launch.finished(*s3("precompute", "--input", CLIPS / NAMES[0], "--output", "s3a://nothere/cache", *FEW), 2)
    assert "s3a://nothere/cache" in refused.stderr and "its bucket is not there" in refused.stderr
    assert "\tat " not in refused.stderr


def test_precompute_store_that_is_not_there_ends_with_what_to_add(tmp_path):
    refused = launch.tokenreel("precompute", "--input", "s3a://videos/in", "--output", tmp_path / "cache", expect=2)
    assert "org.apache.hadoop:hadoop-aws:3.4.1" in refused.stderr
    assert not (tmp_path / "cache").exists()
