"""tokenreel.cache over small caches; checks/test_python_cache.py compares it with the Java reader over real ones."""

import copy
import hashlib
import importlib
import pickle
import sys
import threading

import fsspec
import ml_dtypes
import numpy as np
import pyarrow as pa
import pyarrow.fs
import pytest
from caches import COMPRESSION, ENCODER, SAMPLING, CacheWriter, row

from tokenreel.cache import (
    CacheNotFoundError,
    DamagedCacheError,
    MissingPackageError,
    NewerCacheError,
    Setting,
    SettingError,
    TokenCache,
    VideoNotFoundError,
    prompt_embeds,
)
from tokenreel.cache._xxhash import xxh64

OTHER = "uniform:retention=0.25"


@pytest.fixture
def writer(tmp_path):
    return CacheWriter(tmp_path / "cache")


def test_xxh64_is_the_published_hash():
    assert xxh64(b"") == 0xEF46DB3751D8E999
    assert xxh64(b"a") == 0xD24EC4F1A98C6E5B
    assert xxh64(b"abc") == 0x44BC2CF5AD770999
    assert xxh64(b"Nobody inspects the spammish repetition") == 0xFBCEA83C8A378BF1


def test_xxh64_of_every_short_length_is_that_of_the_reference():
    """The digest is of what python-xxhash 4.1.0 gives."""
    data = hashlib.shake_128(b"lengths").digest(200)
    hashes = b"".join(xxh64(data[:length]).to_bytes(8, "big") for length in range(201))
    assert hashlib.sha256(hashes).hexdigest() == "4152132c1021297b6aaefda14a6190dce16b88e7ce64861a83691fb9c92e4218"


def test_lookup_gives_the_row_as_it_was_written(writer):
    writer.wave(1, [row("a.mp4", split="test", label=None, tags=["x", "y"])])
    video = TokenCache.open(writer.folder).lookup("a.mp4")
    assert (video.video_id, video.video_uri, video.content_sha256) == ("a.mp4", "file:/videos/a.mp4", "A")
    assert (video.encoder, video.sampling, video.compression) == (ENCODER, SAMPLING, COMPRESSION)
    assert (video.frames, video.grid_height, video.grid_width, video.tokens_per_frame, video.dim) == (2, 1, 2, 2, 3)
    assert np.array_equal(video.tokens, np.arange(12, dtype=np.float32).reshape(4, 3))
    assert video.tokens.dtype == np.float32
    assert video.token_index.tolist() == [0, 2, 3, -1]
    assert video.token_index.dtype == np.int32
    assert video.frame_seconds.tolist() == [0.0, 1.5]
    assert (video.outcome, video.writer_version, video.model_name) == ("OK", "test", "tower")
    assert (video.layout, video.source_frames, video.source_rate) == ("closing", 100, 25.0)
    assert video.frame_index.tolist() == [0, 99]
    assert video.created_at.isoformat() == "2026-01-02T03:04:05.000006+00:00"
    assert dict(video.columns) == {"split": "test", "tags": ["x", "y"]}, "NULLs are left out"


def test_lookup_of_a_cache_of_an_older_version_gives_none_for_later_columns(writer):
    later = ("model_name", "planes", "layout", "source_frames", "source_rate", "frame_index")
    old = row("a")
    for name in later:
        del old[name]
    writer.wave(1, [old])
    video = TokenCache.open(writer.folder).lookup("a")
    assert [getattr(video, name) for name in later] == [None, 1, None, None, None, None]


def test_lookup_of_tokens_of_several_planes_gives_them_apart(writer):
    video = TokenCache.open(writer.wave(1, [row("a", planes=3, dim=1, values=np.arange(12, dtype="<f4"))]).folder).lookup("a")
    assert np.array_equal(video.tokens, np.arange(12, dtype=np.float32).reshape(4, 3, 1))
    assert np.array_equal(video.float32(), video.tokens)
    with pytest.raises(DamagedCacheError, match="4 tokens of 2 planes of 1 f32 channels must hold 32 bytes; got 48"):
        TokenCache.open(writer.wave(2, [row("b", planes=2, dim=1, values=np.arange(12, dtype="<f4"))]).folder).lookup("b")


def test_tokens_cannot_be_written_to(writer):
    video = TokenCache.open(writer.wave(1, [row("a")]).folder).lookup("a")
    with pytest.raises(ValueError, match="read-only"):
        video.tokens[0, 0] = 1


def test_positions_are_frame_row_and_column(writer):
    video = TokenCache.open(writer.wave(1, [row("a")]).folder).lookup("a")
    assert video.grid_places().tolist() == [[0, 0, 0], [1, 0, 0], [1, 0, 1], [-1, -1, -1]]
    assert video.grid_places().dtype == np.int32
    assert np.array_equal(video.seconds(), [0.0, 1.5, 1.5, np.nan], equal_nan=True)


def test_positions_of_a_newline_token_have_the_column_after_the_last(writer):
    """Two rows of two tokens, each with a newline token after it."""
    grid = {"frames": 2, "grid_height": 2, "grid_width": 2, "tokens_per_frame": 6}
    writer.wave(1, [row("a", token_index=[1, 5, 6, 11], **grid)])
    assert TokenCache.open(writer.folder).lookup("a").grid_places().tolist() == [[0, 0, 1], [0, 1, 2], [1, 0, 0], [1, 1, 2]]


@pytest.mark.parametrize(("name", "dtype"), [("f16", np.float16), ("bf16", ml_dtypes.bfloat16)])
def test_tokens_have_the_stored_dtype(writer, name, dtype):
    values = np.array([[1.5, -2, 0.25], [3, 1e-5, -0.0], [7, 65504, 1], [0, 0, 1]]).astype(dtype)
    video = TokenCache.open(writer.wave(1, [row("a", values=values, dtype=name)]).folder).lookup("a")
    assert video.tokens.dtype == dtype
    assert video.tokens.tobytes() == values.tobytes()
    assert np.array_equal(video.float32(), values.astype(np.float32))
    assert video.float32().dtype == np.float32


def test_bf16_without_ml_dtypes_says_what_to_install_and_float32_does_without(writer, monkeypatch):
    values = np.ones((4, 3), ml_dtypes.bfloat16)
    video = TokenCache.open(writer.wave(1, [row("a", values=values, dtype="bf16")]).folder).lookup("a")
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'tokenreel\[bf16\]', or take .float32\(\)"):
        _ = video.tokens
    assert np.array_equal(video.float32(), np.ones((4, 3), np.float32))


@pytest.mark.parametrize("planes", [1, 2])
def test_int8_and_fp8_are_codes_times_scales(writer, planes):
    """Every code of both; ml_dtypes has the values of E4M3."""
    codes = np.arange(256, dtype=np.uint8).reshape(4, -1)
    scales = np.array([1, 0.1, 3e-41, 1e30, 0, 7, 2, 1 / 3], "<f4")[: 4 * planes]
    rows = [
        row(dtype, values=codes, dtype=dtype, dim=64 // planes, planes=planes, scales=scales.tobytes(), compression=dtype)
        for dtype in ("int8", "fp8")
    ]
    cache = TokenCache.open(writer.wave(1, rows).folder)
    shape = (4, 64) if planes == 1 else (4, 2, 32)
    for name, dtype in [("int8", np.int8), ("fp8", ml_dtypes.float8_e4m3fn)]:
        video = cache.lookup(name)
        expected = codes.view(dtype).astype(np.float32).reshape(4 * planes, -1) * scales[:, None]
        assert video.float32().dtype == video.tokens.dtype == video.scales.dtype == np.float32
        assert np.array_equal(video.float32(), expected.reshape(shape), equal_nan=True)
        assert np.array_equal(video.tokens, expected.reshape(shape), equal_nan=True)
        assert bytes(video.data) == codes.tobytes()
        assert video.scales.shape == shape[:-1]


@pytest.mark.parametrize(
    ("dtype", "scales", "said"), [("int8", None, "4 scales; got none"), ("int8", 3, "4 scales; got 3"), ("f32", 4, "no scales; got 4")]
)
def test_lookup_of_scales_that_do_not_fit_says_how_many(writer, dtype, scales, said):
    values = np.zeros((4, 3), np.int8 if dtype == "int8" else np.float32)
    more = {} if scales is None else {"scales": bytes(4 * scales)}
    writer.wave(1, [row("a", values=values, dtype=dtype, **more)])
    with pytest.raises(DamagedCacheError, match=said):
        TokenCache.open(writer.folder).lookup("a")


def test_lookup_of_an_unknown_dtype_says_which_are_known(writer):
    writer.wave(1, [row("a", dtype="int4")])
    with pytest.raises(DamagedCacheError, match="stored as 'int4'; this version of tokenreel knows f32, f16, bf16, int8, fp8"):
        TokenCache.open(writer.folder).lookup("a")


def test_lookup_of_several_settings_lists_them(writer):
    writer.wave(1, [row("a"), row("a", compression=OTHER)])
    cache = TokenCache.open(writer.folder)
    with pytest.raises(SettingError, match=f"'a' has 2 rows; name one of these:(\n.*){{2}}compression='{OTHER}'"):
        cache.lookup("a")
    assert cache.lookup("a", compression=OTHER).compression == OTHER
    assert cache.lookup("a", encoder=ENCODER, sampling=SAMPLING, compression=COMPRESSION).compression == COMPRESSION


def test_lookup_of_a_setting_that_is_not_there_lists_those_that_are(writer):
    writer.wave(1, [row("a")])
    with pytest.raises(SettingError, match=f"'a' has no row of compression='none'; name one of these:\n.*{COMPRESSION}"):
        TokenCache.open(writer.folder).lookup("a", compression="none")


def test_lookup_of_an_unknown_video_says_so(writer):
    cache = TokenCache.open(writer.wave(1, [row("a")]).folder)
    with pytest.raises(VideoNotFoundError, match="has no tokens of video 'b'; ids"):
        cache.lookup("b")
    assert cache.rows("b") == []
    assert "b" not in cache
    assert "a" in cache


def test_lookup_of_something_else_than_an_id_is_refused(writer):
    with pytest.raises(TypeError, match="a video's id is a str; got int"):
        TokenCache.open(writer.wave(1, [row("a")]).folder).lookup(1)


def test_rows_of_a_changed_file_are_those_of_the_last_wave(writer):
    writer.wave(1, [row("a", "A"), row("a", "A", compression=OTHER), row("b", "C")]).wave(2, [row("a", "B")])
    cache = TokenCache.open(writer.folder)
    assert [video.content_sha256 for video in cache.rows("a")] == ["B"]
    assert cache.lookup("b").content_sha256 == "C"
    assert cache.settings() == {Setting(ENCODER, SAMPLING, COMPRESSION): 2}


def test_rows_of_a_file_that_changed_back_are_the_first_ones(writer):
    writer.wave(1, [row("a", "A")]).wave(2, [row("a", "B")]).wave(3, contents={"a": "A"})
    assert [video.content_sha256 for video in TokenCache.open(writer.folder).rows("a")] == ["A"]


def test_rows_of_several_waves_are_in_their_order(writer):
    writer.wave(1, [row("a", compression=OTHER)]).wave(2, [row("a")])
    assert [video.compression for video in TokenCache.open(writer.folder).rows("a")] == [OTHER, COMPRESSION]


def test_a_video_of_which_only_the_content_is_known_has_no_rows(writer):
    cache = TokenCache.open(writer.wave(1, [row("a")], contents={"b": "B"}).folder)
    assert cache.rows("b") == []
    assert cache.ids() == ["a"]


@pytest.mark.parametrize("video", ["ä/日本.mp4", "🎬.mp4", "nul\0.mp4", "x" * 300])
def test_ids_of_any_text_are_found(writer, video):
    cache = TokenCache.open(writer.wave(1, [row(video), row("a")]).folder)
    assert cache.lookup(video).video_id == video
    assert cache.ids() == sorted(["a", video])


def test_ids_are_those_of_a_setting(writer):
    writer.wave(1, [row("b"), row("a", compression=OTHER)]).wave(2, [row("c", compression=OTHER)])
    cache = TokenCache.open(writer.folder)
    assert cache.ids() == ["a", "b", "c"]
    assert cache.ids(compression=OTHER) == ["a", "c"]
    assert cache.settings() == {Setting(ENCODER, SAMPLING, OTHER): 2, Setting(ENCODER, SAMPLING, COMPRESSION): 1}


def test_another_video_with_the_same_hash_is_passed_over(writer, monkeypatch):
    monkeypatch.setattr("caches.xxh64", lambda data: 7)
    monkeypatch.setattr("tokenreel.cache._index.xxh64", lambda data: 7)
    cache = TokenCache.open(writer.wave(1, [row("a"), row("b")]).folder)
    assert [cache.lookup(video).video_id for video in "ab"] == ["a", "b"]
    assert cache.rows("c") == []


@pytest.mark.parametrize("buckets", [1, 2, 3, 4, 32])
def test_full_buckets_pass_on_to_the_next(writer, buckets):
    """100 videos in buckets of 64 slots: fewer than two buckets overflow past the last one."""
    videos = [f"video-{number}" for number in range(100)]
    writer.wave(1, [row(video) for video in videos])
    (writer.folder / "_index" / "slots-000001-000001-1.idx").unlink()
    writer.table(1, 1, buckets)
    cache = TokenCache.open(writer.folder)
    assert [cache.lookup(video).video_id for video in videos] == videos
    assert [cache.rows(f"absent-{number}") for number in range(100)] == [[]] * 100


def test_a_last_bucket_that_is_just_full_ends_the_table(writer):
    cache = TokenCache.open(writer.wave(1, [row(f"video-{number}") for number in range(64)]).folder)
    assert (writer.folder / "_index" / "slots-000001-000001-1.idx").stat().st_size == 64 * 32
    assert cache.rows("absent") == []


class Counting:
    """An fsspec file system that counts the ranges that are read."""

    def __init__(self):
        self.fs = fsspec.filesystem("file")
        self.ranges = []

    def __getattr__(self, name):
        return getattr(self.fs, name)

    def cat_file(self, path, start=None, end=None):
        self.ranges.append(path.rsplit("/", 1)[1])
        return self.fs.cat_file(path, start=start, end=end)

    def open(self, path, mode):
        raise AssertionError(f"{path} was opened")


def test_lookup_reads_three_ranges_whatever_the_number_of_waves(writer):
    for wave in range(1, 41):
        writer.wave(wave, [row(f"video-{wave}"), row("common", f"content-{wave}")] if wave == 40 else [row(f"video-{wave}")])
    writer.table(1, 40, 2)
    counting = Counting()
    cache = TokenCache.open(writer.folder, counting)
    for wave in range(1, 41):
        counting.ranges.clear()
        cache.lookup(f"video-{wave}")
        assert counting.ranges == ["slots-000001-000040-2.idx", f"records-{wave:06d}.bin", f"{wave:06d}-00000.parquet"]


def test_lookup_of_one_of_two_settings_does_not_read_the_other(writer):
    counting = Counting()
    cache = TokenCache.open(writer.wave(1, [row("a"), row("a", compression=OTHER)]).folder, counting)
    cache.lookup("a", compression=OTHER)
    assert counting.ranges[2:] == ["000001-00001.parquet"]


class CloudError(Exception):
    """Of a package that has errors of its own, as botocore's and azure's."""


def test_errors_of_a_stores_own_package_are_errors_of_the_cache(writer):
    class Failing:
        def __init__(self, fails):
            self.fs = fsspec.filesystem("file")
            self.fails = fails

        def __getattr__(self, name):
            return getattr(self.fs, name)

        def cat_file(self, *args, **kwargs):
            if self.fails:
                raise CloudError("no credentials")
            return self.fs.cat_file(*args, **kwargs)

        def ls(self, *args, **kwargs):
            if self.fails == "all":
                raise CloudError("no credentials")
            return self.fs.ls(*args, **kwargs)

    files = Failing(None)
    cache = TokenCache.open(str(writer.wave(1, [row("a")]).folder), files)
    files.fails = "reads"
    with pytest.raises(DamagedCacheError, match=r"row of video 'a' cannot be read \(OSError: .*CloudError: no credentials\)"):
        cache.lookup("a")
    files.fails = "all"
    with pytest.raises(CacheNotFoundError, match="cannot be listed: .*CloudError: no credentials"):
        cache.refresh()


def test_a_path_that_names_a_file_is_no_cache(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(CacheNotFoundError, match="file cannot be listed"):
        TokenCache.open(tmp_path / "file")


def test_an_id_that_no_table_can_have_is_unknown(writer):
    cache = TokenCache.open(writer.wave(1, [row("a")]).folder)
    assert "\udc80.mp4" not in cache
    with pytest.raises(VideoNotFoundError):
        cache.lookup("\udc80.mp4")


def test_memory_file_system_of_fsspec(writer):
    writer.wave(1, [row("a")])
    memory = fsspec.filesystem("memory")
    memory.put(str(writer.folder), "/bucket/cache", recursive=True)
    try:
        for cache in [TokenCache.open("/bucket/cache", memory), TokenCache.open("memory://bucket/cache")]:
            assert cache.lookup("a").video_id == "a"
            assert cache.ids() == ["a"]
    finally:
        memory.rm("/bucket", recursive=True)


def test_file_system_of_pyarrow(writer):
    writer.wave(1, [row("a")])
    local = pa.fs.LocalFileSystem()
    inner = pa.fs.SubTreeFileSystem(str(writer.folder.parent), local)
    assert TokenCache.open(str(writer.folder), local).lookup("a").video_id == "a"
    assert TokenCache.open("cache", inner).lookup("a").video_id == "a"
    assert TokenCache.open(writer.folder.as_uri()).lookup("a").video_id == "a"
    assert TokenCache.open(f"file:{writer.folder}").lookup("a").video_id == "a", "as Spark writes it"


@pytest.mark.parametrize("name", ["my cache", "caché", "a+b=c&d", "100%25"])
def test_uris_of_odd_names_are_opened(tmp_path, name):
    writer = CacheWriter(tmp_path / name.replace("%25", "%")).wave(1, [row("a")])
    for uri in [f"file:{tmp_path}/{name}", f"file://{tmp_path}/{name}", writer.folder.as_uri()]:
        assert TokenCache.open(uri).lookup("a").video_id == "a", uri


def test_file_system_of_neither_is_refused(writer):
    with pytest.raises(TypeError, match=r"pyarrow.fs.FileSystem or an fsspec file system; got builtins.str"):
        TokenCache.open(writer.folder, "s3")


def test_uri_of_no_known_scheme_says_what_to_do():
    with pytest.raises(CacheNotFoundError, match="nowhere://bucket/cache: neither pyarrow .* nor fsspec .* can open it; pass filesystem="):
        TokenCache.open("nowhere://bucket/cache")


def test_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(CacheNotFoundError, match="absent is no cache"):
        TokenCache.open(tmp_path / "absent")


def test_cache_without_an_index_says_how_to_make_one(tmp_path):
    (tmp_path / "tokens").mkdir()
    with pytest.raises(CacheNotFoundError, match="has no lookup index; the next `tokenreel precompute`"):
        TokenCache.open(tmp_path)


def test_cache_of_a_catalog_is_refused(writer):
    (writer.folder / "_table").touch()
    with pytest.raises(CacheNotFoundError, match="tables in a catalog"):
        TokenCache.open(writer.folder)


def test_cache_of_a_newer_version_is_refused(writer):
    (writer.folder / "_schema-2").touch()
    with pytest.raises(NewerCacheError, match="tables of version 2, and this package knows versions up to 1"):
        TokenCache.open(writer.folder)


def test_waves_that_came_after_opening_are_seen_after_refresh(writer):
    cache = TokenCache.open(writer.wave(1, [row("a")]).folder)
    writer.wave(2, [row("b")])
    assert cache.rows("b") == []
    cache.refresh()
    assert cache.lookup("b").video_id == "b"


def test_tables_that_were_merged_after_opening_are_listed_again(writer):
    writer.wave(1, [row("a")]).wave(2, [row("b")])
    cache = TokenCache.open(writer.folder)
    writer.table(1, 2)
    assert cache.lookup("a").video_id == "a"
    assert cache.ids() == ["a", "b"]


def test_a_table_that_a_merged_one_covers_is_not_read(writer):
    """A writer that dies between writing a merged table and deleting the old ones leaves both."""
    writer.wave(1, [row("a")]).wave(2, [row("b")])
    old = {file: file.read_bytes() for file in (writer.folder / "_index").glob("slots-*")}
    writer.table(1, 2)
    for file in old:
        file.write_bytes(b"")
    cache = TokenCache.open(writer.folder)
    assert cache.ids() == ["a", "b"]
    assert [cache.lookup(video).video_id for video in "ab"] == ["a", "b"]


def test_damaged_record_says_where_and_how_to_fix_it(writer):
    cache = TokenCache.open(writer.wave(1, [row("a")]).folder)
    file = writer.folder / "_index" / "records-000001.bin"
    data = bytearray(file.read_bytes())
    data[20] ^= 1
    file.write_bytes(data)
    with pytest.raises(DamagedCacheError, match="records-000001.bin is damaged at byte 0; delete the folder _index"):
        cache.lookup("a")
    with pytest.raises(DamagedCacheError):
        cache.ids()


def test_slot_table_that_is_cut_short_is_said(writer):
    cache = TokenCache.open(writer.wave(1, [row("a")]).folder)
    (writer.folder / "_index" / "slots-000001-000001-1.idx").write_bytes(b"\0" * 100)
    with pytest.raises(DamagedCacheError, match="slots-000001-000001-1.idx is cut short"):
        cache.lookup("a")


def test_file_with_another_row_in_its_place_is_not_taken_for_the_video(writer):
    cache = TokenCache.open(writer.wave(1, [row("a")]).folder)
    writer.write_row("000001-00000.parquet", row("z"))
    with pytest.raises(DamagedCacheError, match="has no row of video 'a' at byte 4, where the index says"):
        cache.lookup("a")


def test_rows_are_found_in_the_tables_while_a_writer_replaces_files(writer):
    """Files were replaced, the index still has the old places, and the journal is there."""
    writer.wave(1, [row("a", "A")]).wave(2, [row("b"), row("a", "B", model_name="longer than before")])
    cache = TokenCache.open(writer.folder)
    writer.write_row("000002-00001.parquet", row("z"))
    writer.write_row("000002-00000.parquet", row("a", "B", dim=5))
    (writer.folder / "_journal").mkdir()
    (writer.folder / "_journal" / "000003.json").write_text("{}")
    assert cache.lookup("a").content_sha256 == "B"
    assert cache.lookup("a").dim == 5
    with pytest.raises(SettingError, match="'a' has no row of compression='none'"):
        cache.lookup("a", compression="none")
    assert cache.settings_of("a") == [Setting(ENCODER, SAMPLING, COMPRESSION)]


def test_a_row_that_is_being_removed_is_not_found(writer):
    cache = TokenCache.open(writer.wave(1, [row("a"), row("b")]).folder)
    writer.write_row("000001-00000.parquet", row("b"))
    (writer.folder / "_journal").mkdir()
    (writer.folder / "_journal" / "000002.json").write_text("{}")
    with pytest.raises(VideoNotFoundError):
        cache.lookup("a")


def test_ids_and_settings_are_found_in_the_tables_while_a_writer_removes_rows(writer):
    """Records were written again, and the slots still lead to the old ones."""
    writer.wave(1, [row("a", "A"), row("b"), row("c", compression="none")])
    writer.wave(2, [row("a", "B")], contents={"b": "changed"})
    cache = TokenCache.open(writer.folder)
    before = cache.all_settings()
    assert before == {"a": [Setting(ENCODER, SAMPLING, COMPRESSION)], "c": [Setting(ENCODER, SAMPLING, "none")]}
    (writer.folder / "_index" / "records-000001.bin").write_bytes(b"shorter")
    for name in ["ids", "settings", "all_settings"]:
        with pytest.raises(DamagedCacheError, match="is damaged at byte"):
            getattr(cache, name)()
    (writer.folder / "_journal").mkdir()
    (writer.folder / "_journal" / "000003.json").write_text("{}")
    assert cache.all_settings() == before
    assert cache.ids() == ["a", "c"]
    assert cache.ids(compression="none") == ["c"]
    assert list(cache.settings().values()) == [1, 1]


def test_lookup_many_gives_the_rows_in_the_order_of_the_ids(writer):
    videos = [f"video-{number}" for number in range(50)]
    cache = TokenCache.open(writer.wave(1, [row(video) for video in videos]).folder)
    wanted = videos[::-1] + videos[:3]
    assert [video.video_id for video in cache.lookup_many(wanted, threads=3)] == wanted


def test_lookup_many_raises_for_an_unknown_video_or_skips_it(writer):
    cache = TokenCache.open(writer.wave(1, [row("a"), row("b"), row("b", compression=OTHER)]).folder)
    with pytest.raises(VideoNotFoundError, match="'x'"):
        list(cache.lookup_many(["a", "x"]))
    assert [video.video_id for video in cache.lookup_many(["a", "x", "b"], compression=COMPRESSION, missing="skip")] == ["a", "b"]
    with pytest.raises(SettingError):
        list(cache.lookup_many(["b"], missing="skip"))


def test_lookup_many_reads_no_further_ahead_than_it_says(writer):
    cache = TokenCache.open(writer.wave(1, [row("a")]).folder)
    taken = []
    rows = cache.lookup_many((taken.append(number) or "a" for number in range(100)), threads=2)
    next(rows)
    assert len(taken) <= 6
    rows.close()


@pytest.mark.parametrize(("more", "message"), [({"missing": "ignore"}, "'raise' or 'skip'; got 'ignore'"), ({"threads": 0}, "at least 1")])
def test_lookup_many_checks_its_arguments_at_once(writer, more, message):
    with pytest.raises(ValueError, match=message):
        TokenCache.open(writer.wave(1, [row("a")]).folder).lookup_many(["a"], **more)


def test_threads_share_a_cache_that_is_refreshed_meanwhile(writer):
    cache = TokenCache.open(writer.wave(1, [row("a"), row("b")]).folder)
    failures = []

    def read():
        try:
            for _ in range(50):
                assert cache.lookup("a").video_id == "a"
                cache.refresh()
        except Exception as error:  # noqa: BLE001 - shown below
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_cache_travels_to_another_process(writer):
    cache = pickle.loads(pickle.dumps(TokenCache.open(writer.wave(1, [row("a")]).folder)))
    assert cache.lookup("a").video_id == "a"


def test_a_row_travels_to_another_process(writer):
    row_ = TokenCache.open(writer.wave(1, [row("a", question="?")]).folder).lookup("a")
    for copied in [pickle.loads(pickle.dumps(row_)), copy.deepcopy(row_)]:
        assert np.array_equal(copied.tokens, row_.tokens)
        assert np.array_equal(copied.token_index, row_.token_index)
        assert (copied.video_id, dict(copied.columns)) == ("a", {"question": "?"})
        with pytest.raises(ValueError, match="read-only"):
            copied.tokens[0] = 1
        with pytest.raises(TypeError):
            copied.columns["question"] = "!"


def test_data_sets_without_torch_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "tokenreel.torch", raising=False)
    with pytest.raises(MissingPackageError, match=r"tokenreel.torch needs PyTorch: pip install 'tokenreel\[torch\]'"):
        importlib.import_module("tokenreel.torch")


def test_prompts_without_torch_say_what_to_install(writer, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    video = TokenCache.open(writer.wave(1, [row("a")]).folder).lookup("a")
    with pytest.raises(MissingPackageError, match=r"prompt_embeds needs PyTorch: pip install 'tokenreel\[torch\]'"):
        prompt_embeds(video, "?", model=None)


@pytest.fixture
def s3(monkeypatch):
    """An S3 of this process, by pyarrow."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    for name in ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "AWS_PROFILE"]:
        monkeypatch.delenv(name, raising=False)
    keys = {"access_key": "access", "secret_key": "secret", "region": "us-east-1"}
    yield pa.fs.S3FileSystem(endpoint_override=f"{host}:{port}", scheme="http", allow_bucket_creation=True, **keys), f"{host}:{port}"
    server.stop()


def test_file_system_of_an_object_store(writer, s3):
    s3, endpoint = s3
    writer.wave(1, [row("a"), row("b")])
    s3.create_dir("bucket")
    pa.fs.copy_files(str(writer.folder), "bucket/some/cache", source_filesystem=pa.fs.LocalFileSystem(), destination_filesystem=s3)
    cache = TokenCache.open("bucket/some/cache", s3)
    assert cache.ids() == ["a", "b"]
    assert [video.video_id for video in cache.lookup_many(["b", "a"])] == ["b", "a"]
    assert cache.rows("absent") == []
    with pytest.raises(CacheNotFoundError, match="bucket/other is no cache"):
        TokenCache.open("bucket/other", s3)
    for scheme in ["s3", "s3a"]:  # Hadoop's word
        uri = f"{scheme}://access:secret@bucket/some/cache?scheme=http&region=us-east-1&endpoint_override={endpoint}"
        assert TokenCache.open(uri).lookup("a").video_id == "a"


class Remembering(Counting):
    """An fsspec file system that lists a folder once, as those of object stores do."""

    def __init__(self):
        super().__init__()
        self.listed = {}

    def ls(self, path, detail):
        return self.listed.setdefault(path, self.fs.ls(path, detail=detail))

    def invalidate_cache(self):
        self.listed.clear()


def test_refresh_does_not_take_what_a_file_system_remembers(writer):
    cache = TokenCache.open(writer.wave(1, [row("a")]).folder, Remembering())
    writer.wave(2, [row("b")])
    cache.refresh()
    assert cache.lookup("b").video_id == "b"
