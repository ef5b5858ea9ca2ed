"""What a script, Daft and Ray Data do with a clip: torchcodec, Transformers' processor and tower, VidCom2."""

import os

import numpy
import torch
import transformers
from torchcodec.decoders import VideoDecoder

import vidcom2


class Encoder:
    """A tower on one thread. Each process that works has one."""

    def __init__(self, checkpoint: str, dtype: str, frames: int, retention: float) -> None:
        torch.set_num_threads(1)
        self.processor = transformers.AutoVideoProcessor.from_pretrained(checkpoint)
        self.model = transformers.AutoModelForImageTextToText.from_pretrained(checkpoint, dtype=getattr(torch, dtype)).eval()
        self.frames, self.retention = frames, retention

    @torch.inference_mode()
    def __call__(self, file: str) -> dict:
        decoder = VideoDecoder(file, num_ffmpeg_threads=1)
        picked = numpy.linspace(0, len(decoder) - 1, self.frames, dtype=int).tolist()
        pictures = decoder.get_frames_at(picked).data
        pixels = self.processor(pictures, return_tensors="pt")["pixel_values_videos"].to(self.model.dtype)
        tokens = self.model.get_video_features(pixels).pooler_output[0, :-1].bfloat16()
        kept = vidcom2.kept(tokens.float().unflatten(0, (self.frames, -1)), self.retention)
        stored = tokens[kept].view(torch.int16).numpy()
        with open(os.environ["ENCODED"], "a", encoding="utf-8") as encoded:  # for the benchmark, which counts repeated work
            encoded.write(f"{file}\n")
        return {"video": file, "indices": kept.numpy(), "dim": stored.shape[1], "tokens": stored.tobytes()}
