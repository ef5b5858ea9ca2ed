"""vLLM's encoder-cache connector over a cache of TokenReel: encoder outputs are rows, looked up by the uuid of a request's part.

    --ec-transfer-config '{"ec_connector": "TokenReelEncoderCache", "ec_connector_module_path": "tokenreel.vllm.encoder_cache",
                           "ec_role": "ec_consumer"}'

The scheduler's side reads and checks rows in threads of its own, while the engine goes on with other requests. A request whose rows cannot
be had is failed alone. Rows go to the workers with the step that needs them, so that nothing is read where an error would end
the engine. Of requests that wait for their turn only so many have rows in memory as WAITING_BYTES has room for.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import torch
from vllm.distributed.ec_transfer.ec_connector.base import ECConnectorBase, ECConnectorMetadata, ECConnectorRole

from tokenreel.vllm._feed import check_three_axes
from tokenreel.vllm._reads import Reads
from tokenreel.vllm._reference import SCHEME, Reference, RefusedError
from tokenreel.vllm._serving import SERVING
from tokenreel.vllm._tensors import encoder_output

if TYPE_CHECKING:
    from vllm.v1.request import Request

_PLACES_ALONE = frozenset({"image_grid_thw", "video_grid_thw", "second_per_grid_ts", "timestamps"})
_LOG = logging.getLogger("vllm.tokenreel")
_THREADS = 8
_CHANNEL_BYTES = 4
"""Of a row in memory, as float32."""
_TAKE = "take the part that tokenreel.vllm.request_part makes"


WAITING_BYTES = 1 << 30
"""Of rows that the engine holds for its workers; a request that needs more is served when no other one holds any."""


class Outputs(ECConnectorMetadata):
    """Encoder outputs that a step needs, by uuid."""

    def __init__(self, outputs: dict[str, torch.Tensor]) -> None:
        self.outputs = outputs


class TokenReelEncoderCache(ECConnectorBase):
    """Reads encoder outputs; never writes any."""

    def __init__(self, vllm_config: Any, role: ECConnectorRole) -> None:
        """Made by vLLM, for the scheduler and for each worker.

        Args:
            vllm_config: a `vllm.config.VllmConfig`.
            role: which of the two it is.
        """
        super().__init__(vllm_config=vllm_config, role=role)
        self._pruned = vllm_config.model_config.multimodal_config.get_video_pruning_spec() is not None
        self._dtype = vllm_config.model_config.dtype
        if role == ECConnectorRole.SCHEDULER:
            self._videos = SERVING.begin(vllm_config)
            self._reads = Reads(self._read, _THREADS, WAITING_BYTES)
        self._failed: set[str] = set()
        self._wanted: dict[str, torch.Tensor] = {}

    # The scheduler's side.

    def ensure_cache_available(self, request: Request, num_computed_tokens: int) -> bool:
        """Whether all rows that a request still needs are there; begins to read those that are not."""
        ahead = [index for index, feature in enumerate(request.mm_features) if _ahead(feature, num_computed_tokens)]
        needed = self._needed(request, ahead)
        for uuid in self._reads.held(request.request_id) - needed.keys():
            self._reads.let_go(request.request_id, uuid)
        # One that computes already holds what others wait for, and goes on.
        if request.num_computed_tokens == 0 and not self._reads.has_room(request.request_id, needed):
            return False
        try:
            waiting = [self._waits(request, index) for index in ahead]  # of all items, so that they are read at the same time
        except RefusedError as error:
            if request.request_id not in self._failed:
                _LOG.error("request %s is failed: %s", request.request_id, error)
            self._failed.add(request.request_id)
            return False
        return not any(waiting)

    def _needed(self, request: Request, items: list[int]) -> dict[str, int]:
        """By uuid, the bytes of the rows of a request's items, of those that are rows of a cache."""
        row_bytes = self._videos.model.hidden_size * self._videos.model.planes * _CHANNEL_BYTES
        uuids = {index: request.mm_features[index].identifier for index in items}
        return {uuid: request.get_num_encoder_embeds(index) * row_bytes for index, uuid in uuids.items() if uuid.startswith(SCHEME)}

    def _waits(self, request: Request, index: int) -> bool:
        feature = request.mm_features[index]
        uuid = feature.identifier
        if not uuid.startswith(SCHEME):
            if feature.data is not None and _PLACES_ALONE.issuperset(feature.data):
                raise RefusedError(f"the uuid {uuid!r} names no row of a cache: {_TAKE}")
            return False
        expected = request.get_num_encoder_embeds(index)
        read = self._reads.begin(request.request_id, uuid, self._needed(request, [index])[uuid])
        if not read.done():
            return True
        error = read.exception()
        if error is not None:
            raise RefusedError(str(error)) from error
        rows = read.result()
        if len(rows) != expected:
            raise RefusedError(f"the row {uuid!r} has {len(rows)} tokens for {expected} places: {_TAKE}")
        return False

    def _read(self, uuid: str) -> torch.Tensor:
        reference = Reference.parse(uuid)
        reference.check_names_one_row()
        row = self._videos.row(reference)
        check_three_axes(row, self._videos.model)
        return encoder_output(row, self._videos.model)

    def take_unavailable_requests(self) -> set[str]:
        """Requests whose rows cannot be had, which the scheduler fails."""
        failed, self._failed = self._failed, set()
        return failed

    def has_cache_item(self, identifier: str) -> bool:
        """Whether a uuid's rows are there, which `ensure_cache_available` has seen to."""
        return self._reads.rows(identifier) is not None

    def update_state_after_alloc(self, request: Request, index: int) -> None:
        """Has the rows of an item go with the next step."""
        uuid = request.mm_features[index].identifier
        rows = self._reads.rows(uuid)
        if rows is not None:
            self._wanted[uuid] = rows

    def update_state_after_free(self, request: Request, index: int) -> None:
        """Lets go of an item's rows, which the model has read, unless another item has them too."""
        uuid = request.mm_features[index].identifier
        if all(feature.identifier != uuid for feature in request.mm_features[index + 1 :]):
            self._reads.let_go(request.request_id, uuid)

    def build_connector_meta(self, scheduler_output: Any) -> Outputs:  # noqa: ARG002, vLLM's signature
        """What the next step needs."""
        wanted, self._wanted = self._wanted, {}
        return Outputs(wanted)

    def request_finished(self, request: Request) -> tuple[bool, dict[str, Any] | None]:
        """Lets go of rows that no request needs any more."""
        self._reads.end(request.request_id)
        return False, None

    def shutdown(self) -> None:
        """Ends the threads."""
        if self.role == ECConnectorRole.SCHEDULER:
            self._reads.shutdown()

    # A worker's side.

    def start_load_caches(self, encoder_cache: dict[str, torch.Tensor], **kwargs: Any) -> None:  # noqa: ARG002, vLLM's signature
        """Puts the rows of a step where the model looks for encoder outputs."""
        from vllm.platforms import current_platform

        metadata = self._get_connector_metadata()
        if not isinstance(metadata, Outputs):
            raise TypeError(f"the scheduler's side must be a TokenReelEncoderCache too; it sent {type(metadata).__name__}")
        device = current_platform.device_type
        if current_platform.is_cuda_alike():
            device = f"{device}:{current_platform.current_device()}"
        for uuid, rows in metadata.outputs.items():
            if uuid not in encoder_cache:
                # Rows with positions stay float32: bf16 has too few digits for them.
                encoder_cache[uuid] = rows.to(device=device) if self._pruned else rows.to(device=device, dtype=self._dtype)

    def save_caches(self, encoder_cache: dict[str, torch.Tensor], mm_hash: str, **kwargs: Any) -> None:
        """Nothing: rows are made by batch jobs."""


def _ahead(feature: Any, num_computed_tokens: int) -> bool:
    place = feature.mm_position
    return bool(place.offset + place.length > num_computed_tokens)
