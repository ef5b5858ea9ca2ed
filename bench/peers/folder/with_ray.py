"""Ray Data on this machine: a pool of actors, each with the model, and its own checkpoints of finished rows."""

import pathlib
import sys

import ray
from ray.data.checkpoint import CheckpointConfig

from encoding import Encoder

clips, output, checkpoint, dtype, frames, retention, processes = sys.argv[1:]


class Encode:
    def __init__(self):
        self.encoder = Encoder(checkpoint, dtype, int(frames), float(retention))

    def __call__(self, row):
        return self.encoder(row["video"])


if __name__ == "__main__":
    ray.init(num_cpus=int(processes), include_dashboard=False)
    context = ray.data.DataContext.get_current()
    context.max_errored_blocks = -1
    context.checkpoint_config = CheckpointConfig("video", f"{output}-checkpoint", delete_checkpoint_on_success=False)
    files = [{"video": str(file)} for file in sorted(pathlib.Path(clips).glob("*.mp4"))]
    rows = ray.data.from_items(files, override_num_blocks=len(files)).map(Encode, concurrency=int(processes), num_cpus=0.9)
    rows.write_parquet(output, compression="none", ray_remote_args={"num_cpus": 0.1})
