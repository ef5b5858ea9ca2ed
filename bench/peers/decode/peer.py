"""A peer's side of the decoding benchmark: decodes the files of a list, one after another, and says when each group of them begins and ends.

    python bench/peers/decode/peer.py NAME --list FILE --report FILE --frames N [--describe]

Each is written as its documentation has it. The report has a line of JSON for each file; a failure of one is caught, as a careful user does.
"""

import argparse
import hashlib
import json
import pathlib
import sys
from collections.abc import Callable, Iterator

import corpus
import numpy

Frames = Iterator[tuple[int, numpy.ndarray]]  # (index, uint8 [height][width][3])


def uniform(count: int, frames: int) -> list[int]:
    return [int(each) for each in numpy.linspace(0, frames - 1, count)]


def torchcodec(file: str, count: int, mode: str) -> Frames:
    from torchcodec.decoders import VideoDecoder

    decoder = VideoDecoder(file, dimension_order="NHWC", num_ffmpeg_threads=1, seek_mode=mode)
    chosen = uniform(count, len(decoder))
    return zip(chosen, decoder.get_frames_at(chosen).data.numpy())


def decord(file: str, count: int) -> Frames:
    from decord import VideoReader, cpu

    reader = VideoReader(file, ctx=cpu(0), num_threads=1)
    chosen = uniform(count, len(reader))
    return zip(chosen, reader.get_batch(chosen).asnumpy())


def pyav_sequential(file: str, count: int) -> Frames:
    import av

    with av.open(file) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        stream.thread_type = "NONE"
        total = stream.frames or round(float(container.duration / av.time_base * stream.average_rate))
        chosen = uniform(count, total)
        wanted, last = set(chosen), chosen[-1]
        found = {}
        for index, frame in enumerate(container.decode(stream)):
            if index in wanted:
                found[index] = frame.to_ndarray(format="rgb24")
            if index == last:
                break
    return iter([(index, found[index]) for index in chosen])


def pyav_seeking(file: str, count: int) -> Frames:
    import av

    found = []
    with av.open(file) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        stream.thread_type = "NONE"
        total = stream.frames or round(float(container.duration / av.time_base * stream.average_rate))
        start = stream.start_time or 0
        for index in uniform(count, total):
            target = start + round(index / stream.average_rate / stream.time_base)
            slack = round(0.5 / stream.average_rate / stream.time_base)
            container.seek(target, stream=stream)
            for frame in container.decode(stream):
                if frame.pts >= target - slack:
                    found.append((index, frame.to_ndarray(format="rgb24")))
                    break
            else:
                raise ValueError(f"no frame {index}")
    return iter(found)


def daft(files: list[str], count: int, seconds: float) -> Iterator[tuple[str, Frames]]:
    import daft as engine
    from daft.functions import video_file, video_frames

    table = engine.from_pydict({"file": files})
    sampled = video_frames(video_file(engine.col("file")), sample_interval_seconds=seconds / count)
    for row in table.with_column("frames", sampled).iter_rows():
        yield row["file"], iter([(frame["frame_index"], numpy.asarray(frame["data"])) for frame in row["frames"]])


def ray(files: list[str], count: int, _: float) -> Iterator[tuple[str, Frames]]:
    """Its own reader, decord, gives all frames and knows no AV1."""
    import ray as engine

    def decode(row: dict) -> dict:
        indices, pictures = zip(*torchcodec(row["file"], count, "exact"))
        return {"file": row["file"], "indices": numpy.array(indices), "pictures": numpy.stack(pictures)}

    for row in engine.data.from_items([{"file": each} for each in files]).map(decode).iter_rows():
        yield row["file"], zip(row["indices"].tolist(), row["pictures"])


def start(name: str) -> None:
    """Gives an engine one thread."""
    if name == "Daft":
        import daft as engine

        engine.set_runner_native(num_threads=1)
    elif name == "Ray Data":
        import ray as engine

        engine.init(num_cpus=1, include_dashboard=False, log_to_driver=False)


LIBRARIES: dict[str, Callable[[str, int], Frames]] = {
    "torchcodec exact": lambda file, count: torchcodec(file, count, "exact"),
    "torchcodec approximate": lambda file, count: torchcodec(file, count, "approximate"),
    "decord": decord,
    "PyAV sequential": pyav_sequential,
    "PyAV seeking": pyav_seeking,
}
ENGINES: dict[str, Callable[[list[str], int, float], Iterator[tuple[str, Frames]]]] = {"Daft": daft, "Ray Data": ray}


def code(picture: numpy.ndarray) -> int:
    """The number that is painted into a frame."""
    y, value = corpus.CODE_Y + corpus.CODE_SQUARE // 2, 0
    for bit in range(corpus.CODE_BITS):
        value |= int(picture[y, corpus.CODE_X + bit * corpus.CODE_SQUARE + corpus.CODE_SQUARE // 2, 1] >= 128) << bit
    return value


def line(file: str, frames: Frames, describes: bool) -> str:
    described = [{"index": index} | ({"code": code(rgb), "pixels": hashlib.sha1(rgb.tobytes()).hexdigest()} if describes else {}) for index, rgb in frames]
    return json.dumps({"file": file, "sound": True, "said": None, "frames": described})


def decoded(name: str, files: list[str], arguments: argparse.Namespace) -> Iterator[str]:
    if name in ENGINES:
        for file, frames in ENGINES[name](files, arguments.frames, arguments.seconds):
            yield line(file, frames, arguments.describe)
        return
    for file in files:
        try:
            yield line(file, LIBRARIES[name](file, arguments.frames), arguments.describe)
        except Exception as error:
            yield json.dumps({"file": file, "sound": False, "said": f"{type(error).__name__}: {error}"[:300], "frames": []})


def main() -> None:
    parser = argparse.ArgumentParser(description="Decodes the files of a list.")
    parser.add_argument("name", choices=[*LIBRARIES, *ENGINES])
    parser.add_argument("--list", type=pathlib.Path, required=True, help="a group, a tab and a file on each line")
    parser.add_argument("--report", type=pathlib.Path, required=True, help="takes a JSON object per file")
    parser.add_argument("--frames", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=corpus.CLIP_SECONDS, help="of a file, by which Daft spaces frames (default: %(default)s)")
    parser.add_argument("--describe", action="store_true", help="identify and digest each frame")
    arguments = parser.parse_args()
    groups: dict[str, list[str]] = {}
    for entry in arguments.list.read_text(encoding="utf-8").splitlines():
        group, file = entry.split("\t")
        groups.setdefault(group, []).append(file)
    start(arguments.name)
    with open(arguments.report, "w", encoding="utf-8", buffering=1) as report:
        for group, files in groups.items():
            print("begin", group, flush=True)
            for each in decoded(arguments.name, files, arguments):
                report.write(each + "\n")
            print("end", group, flush=True)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
