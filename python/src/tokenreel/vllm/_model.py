"""What a server serves, and whether rows of an encoder are of it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tokenreel.cache import CardNotFoundError, CheckpointError, EncoderCard, UnreadableCheckpointError, verify_checkpoint
from tokenreel.cache._positions import FAMILIES
from tokenreel.vllm._reference import RefusedError

ENCODER = "TOKENREEL_ENCODER"

THREE_AXES = {family.architectures[0]: family.name for family in FAMILIES.values() if family.axes == 3}
"""Architectures whose positions have three axes, and their readable names."""


@dataclass(frozen=True, slots=True)
class ServedModel:
    """What the plugin knows of the model that a server serves.

    Attributes:
        name: the model as it was given to the server: a folder or a hub id.
        revision: of a hub id; None for the newest.
        download_folder: where the server keeps what it has of the hub; None for the hub's own cache.
        architecture: the first of `architectures` of its config.json.
        hidden_size: D, channels of the language model's rows.
        planes: planes of a visual row: 1, and one more per deepstack level.
        merge: patches of a side that one visual token covers.
        tokens_per_second: positions of a second on the time axis, of Qwen2.5-VL; None for the others.
        pruning: the method and the rate of the server's own pruning of videos; None where it has none.
        encoder_cache: whether the server reads encoder outputs by the connector of `tokenreel.vllm.encoder_cache`.
        server: name and version of the server, for messages.
    """

    name: str
    revision: str | None
    download_folder: str | None
    architecture: str
    hidden_size: int
    planes: int
    merge: int
    tokens_per_second: float | None
    pruning: tuple[str, float] | None
    encoder_cache: bool
    server: str

    @property
    def three_axes(self) -> bool:
        """Whether rows have positions on three axes."""
        return self.architecture in THREE_AXES

    @staticmethod
    def of(config: Any, version: str) -> ServedModel:
        """The model of a `vllm.config.VllmConfig`."""
        model = config.model_config
        vision = getattr(model.hf_config, "vision_config", None)
        architectures = getattr(model.hf_config, "architectures", None) or [""]
        speed = getattr(vision, "tokens_per_second", None) if architectures[0] == "Qwen2_5_VLForConditionalGeneration" else None
        multimodal = model.multimodal_config
        transfer = config.ec_transfer_config
        return ServedModel(
            name=model.model,
            revision=model.revision,
            download_folder=config.load_config.download_dir,
            architecture=architectures[0],
            hidden_size=model.get_inputs_embeds_size(),
            planes=1 + len(getattr(vision, "deepstack_visual_indexes", None) or ()),
            merge=getattr(vision, "spatial_merge_size", 1),
            tokens_per_second=None if speed is None else float(speed),
            pruning=None if multimodal is None else multimodal.get_video_pruning_spec(),
            encoder_cache=transfer is not None and transfer.ec_connector_module_path == "tokenreel.vllm.encoder_cache",
            server=f"vLLM {version}",
        )

    def folder(self) -> str:
        """The local folder of the checkpoint.

        Raises:
            RefusedError: there is none.
        """
        if os.path.isdir(self.name):
            return self.name
        from huggingface_hub import try_to_load_from_cache

        found = try_to_load_from_cache(self.name, "config.json", cache_dir=self.download_folder, revision=self.revision)
        if not isinstance(found, str):
            raise RefusedError(
                f"the served model {self.name} is in no local folder, so that rows cannot be compared with it:"
                f" serve a folder, or set {ENCODER} of the server to the encoder whose rows are of this model"
            )
        return os.path.dirname(found)


class EncoderCheck:
    """Whether rows of an encoder are of the served model. An encoder is checked once; threads may share it."""

    def __init__(self, model: ServedModel, asserted: str | None, verify: Callable[[EncoderCard, str], None] = verify_checkpoint) -> None:
        """Made for one server.

        Args:
            model: what it serves.
            asserted: the encoder that the operator says rows of this model have; None to compare cards with the checkpoint.
            verify: compares a card with a checkpoint folder, and raises CheckpointError.
        """
        self._model = model
        self._asserted = asserted
        self._verify = verify
        self._lock = threading.Lock()
        self._found: dict[str, str | None] = {}

    def refusal(self, encoder: str, card: Callable[[], EncoderCard]) -> str | None:
        """Why rows of an encoder are not for this server; None when they are.

        Args:
            encoder: its name.
            card: reads its card, where that is needed; raises CardNotFoundError where the cache has none.
        """
        if self._asserted is not None:
            if encoder == self._asserted:
                return None
            return (
                f"these rows are of encoder {encoder}, and {ENCODER} of the server names {self._asserted}:"
                f" ask for a row of that encoder, or precompute the video with it"
            )
        with self._lock:
            if encoder not in self._found:
                try:
                    self._found[encoder] = self._compared(card())
                except UnreadableCheckpointError as error:
                    return f"rows of encoder {encoder} cannot be compared with the served model: {error}, or {_assert(encoder)}"
                except CardNotFoundError:
                    return (
                        f"the cache has no card of encoder {encoder}, since an older TokenReel wrote it: precompute into it with this"
                        f" version, or {_assert(encoder)}"
                    )
            return self._found[encoder]

    def _compared(self, card: EncoderCard) -> str | None:
        if card.architecture is None:
            return f"encoder {card.encoder} is an exported file, which has no checkpoint to compare with: {_assert(card.encoder)}"
        if card.architecture != self._model.architecture:
            return (
                f"these rows are of encoder {card.encoder} ({card.family}), and the served model is a {self._model.architecture}:"
                " ask the server of that model, or precompute the video with this one"
            )
        try:
            self._verify(card, self._model.folder())
        except UnreadableCheckpointError:
            raise  # it is not known yet
        except CheckpointError as error:
            return f"these rows are of another checkpoint or revision than the served model: {error}"
        return None


def _assert(encoder: str) -> str:
    return f"set {ENCODER}={encoder} of the server if its model is the one that these rows are of"
