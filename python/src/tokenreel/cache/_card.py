"""An encoder's card, `_encoders/NAME.json` of a cache, and whether a checkpoint folder has the encoder that it names.

The revision in an encoder's name is a digest of its settings and of its tensors as they are stored, so that anyone who has the
checkpoint can compute it again: the Java class Revision is the specification. Nothing is needed but the standard library.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from tokenreel.cache._errors import (
    CardNotFoundError,
    CheckpointError,
    DamagedCacheError,
    NewerCacheError,
    UnreadableCheckpointError,
)
from tokenreel.cache._store import Store

FOLDER = "_encoders"
NEWEST_CARD = 1
"""The newest version of a card that this package reads."""

_NAME = re.compile(r"[a-z0-9_@+]+")
_REVISION = re.compile(r"@([0-9a-f]{20})(?:\+(?:bf16|f16))?$")
_SINGLE, _INDEX = "model.safetensors", "model.safetensors.index.json"
_LLAVA_TOWER = re.compile(r"^vision_tower\.(vision_tower\.)?vision_model\.")
_LONGEST_HEADER = 100_000_000  # bytes, as the safetensors library has it


@dataclass(frozen=True, slots=True)
class EncoderCard:
    """What one encoder of a cache is.

    Attributes:
        encoder: its name, as the column `encoder` has it: `family@revision`, and `+bf16` or `+f16` where it computed in these.
        family: the family's readable name, such as `Qwen2.5-VL`.
        architecture: what `architectures` of the checkpoint's config.json names; None for an exported encoder.
        dim: D, channels of a token.
        planes: planes of a token, each of dim channels.
        layout: where the model's own rows stand among the tokens, as `VideoTokens.layout`.
        axes: axes of a row's position in the language model: 1, or 3 for Qwen's families.
        tokens_per_second: positions of a second on the time axis, which Qwen2.5-VL alone has; None for the others.
        merge_size: patches that a side of a token covers, in Qwen's families; None for the others, and in a card of a version that
            had no such field.
        settings: canonical text of the settings that tokens depend on.
        tensors: canonical names of the tensors that the revision covers, sorted; none for an exported encoder.
    """

    encoder: str
    family: str
    architecture: str | None
    dim: int
    planes: int
    layout: str
    axes: int
    tokens_per_second: float | None
    merge_size: int | None
    settings: str
    tensors: tuple[str, ...]


class Cards:
    """The cards of a cache, each read once, when it is first asked for."""

    def __init__(self, store: Store) -> None:
        """The cards of the cache in a folder."""
        self._store = store
        self._known: dict[str, EncoderCard] = {}

    def of(self, encoder: str) -> EncoderCard:
        """The card of an encoder, by its name as the column `encoder` has it.

        Raises:
            CardNotFoundError: the cache has none of it.
            NewerCacheError: a newer version of TokenReel wrote it.
            DamagedCacheError: it is not what a writer leaves.
        """
        if encoder not in self._known:
            self._known[encoder] = self._read(encoder)
        return self._known[encoder]

    def _read(self, encoder: str) -> EncoderCard:
        file = f"{FOLDER}/{encoder}.json"
        try:
            # A name with other characters is one of version 0.1.0, and leads out of the folder at worst.
            data = self._store.whole(file) if _NAME.fullmatch(encoder) else None
        except FileNotFoundError:
            data = None
        if data is None:
            raise CardNotFoundError(
                f"{self._store.place} has no card {file}: a version of TokenReel that wrote none computed the rows of this encoder;"
                " precompute into the cache with this version, which writes it"
            )
        return _parsed(data, f"{self._store.place}/{file}", encoder)


def _parsed(data: bytes, place: str, encoder: str) -> EncoderCard:
    try:
        fields = json.loads(data)
        version = int(fields["schema"])
    except (ValueError, TypeError, KeyError) as error:
        raise _damaged(place, error) from error
    if version > NEWEST_CARD:
        raise NewerCacheError(
            f"{place} is of version {version}, and this package knows versions up to {NEWEST_CARD}: use a newer tokenreel"
        )
    try:
        speed, merge = fields["tokens_per_second"], fields.get("merge_size")
        card = EncoderCard(
            encoder=str(fields["encoder"]),
            family=str(fields["family"]),
            architecture=None if fields["architecture"] is None else str(fields["architecture"]),
            dim=int(fields["dim"]),
            planes=int(fields["planes"]),
            layout=str(fields["layout"]),
            axes=int(fields["axes"]),
            tokens_per_second=None if speed is None else float(speed),
            merge_size=None if merge is None else int(merge),
            settings=str(fields["settings"]),
            tensors=tuple(sorted(map(str, fields["tensors"]))),
        )
    except (ValueError, TypeError, KeyError) as error:
        raise _damaged(place, error) from error
    if card.encoder != encoder or card.axes not in (1, 3):
        raise DamagedCacheError(
            f"{place} must be the card of '{encoder}', with 1 or 3 axes; got '{card.encoder}' with {card.axes};"
            " precompute into the cache again"
        )
    return card


def _damaged(place: str, error: Exception) -> DamagedCacheError:
    return DamagedCacheError(f"{place} is no encoder's card ({type(error).__name__}: {error}); precompute into the cache again")


def verify_checkpoint(card: EncoderCard, folder: str | os.PathLike[str]) -> None:
    """Checks that a checkpoint has exactly the vision side that a cache's rows were computed with.

    The tensors of `card` are hashed as they are stored: of a published model of 7B they are about 1.3 GB. Nothing of the language
    side is read. Settings count as the card has them, so a `config.json` that was edited since is not noticed.

    Args:
        card: of the rows' encoder.
        folder: a local checkpoint folder in Hugging Face layout, with `model.safetensors` or its shards.

    Raises:
        CheckpointError: it has another revision, it lacks a tensor, it has no safetensors, or the card is of an exported
            encoder, which has no checkpoint folder.
        UnreadableCheckpointError: which of these it is cannot be found out, since files are missing or cannot be read.
    """
    place = os.fspath(folder)
    expected = _REVISION.search(card.encoder)
    if not card.tensors or expected is None:
        raise CheckpointError(
            f"encoder '{card.encoder}' ({card.family}) has no tensors to compare with those of {place}: it is an exported file"
        )
    digest = hashlib.sha256()
    units = len(card.settings.encode("utf-16-le")) // 2
    digest.update(f"settings {units}\n{card.settings}\n".encode())
    stored = _located(place, frozenset(card.tensors))
    for name in card.tensors:
        if name not in stored:
            raise CheckpointError(
                f"{place} lacks the tensor '{name}' of encoder '{card.encoder}' ({card.family});"
                f" it has {len(stored)} of {len(card.tensors)}: serve the checkpoint that the cache was computed with"
            )
    maps: dict[str, mmap.mmap] = {}
    try:
        for name in card.tensors:
            tensor = stored[name]
            digest.update(f"{name} {tensor.dtype} {list(tensor.shape)}\n".encode())
            if tensor.end > tensor.start:
                _add(digest, maps.get(tensor.file) or maps.setdefault(tensor.file, _mapped(tensor.file)), tensor)
    finally:
        for map_ in maps.values():
            map_.close()
    found = digest.hexdigest()[: len(expected[1])]
    if found != expected[1]:
        raise CheckpointError(
            f"the rows are of encoder '{card.encoder}' ({card.family}), and {place} has revision {found} of it:"
            " serve the checkpoint that the cache was computed with, or precompute with this one"
        )


def canonical(stored: str) -> str:
    """The name under which a revision has a stored tensor; the Java classes VisionWeights and QwenVisionWeights say which."""
    name = _LLAVA_TOWER.sub("vision_tower.", stored.removeprefix("model."))
    for number, projector in (("0", "linear_1"), ("2", "linear_2")):
        if name.startswith(f"mm_projector.{number}."):
            name = f"multi_modal_projector.{projector}.{name.removeprefix(f'mm_projector.{number}.')}"
    return name


class _Stored(NamedTuple):
    """A tensor, and the bytes of a file that hold it."""

    file: str
    dtype: str
    shape: tuple[int, ...]
    start: int
    end: int


def _located(folder: str, wanted: frozenset[str]) -> dict[str, _Stored]:
    """Where the tensors lie, by canonical name."""
    found: dict[str, _Stored] = {}
    for file in _files(folder, wanted):
        for stored, tensor in _header(os.path.join(folder, file)).items():
            name = canonical(stored)
            if name not in wanted:
                continue
            if name in found:
                raise CheckpointError(f"{folder} has the tensor '{name}' twice, in {found[name].file} and {tensor.file}")
            found[name] = tensor
    return found


def _files(folder: str, wanted: frozenset[str]) -> Iterable[str]:
    if os.path.isfile(os.path.join(folder, _SINGLE)):
        return [_SINGLE]  # as from_pretrained does, whatever an index beside it says
    index = os.path.join(folder, _INDEX)
    if os.path.isfile(index):
        try:
            with open(index, "rb") as file:
                shards = {str(shard) for name, shard in json.load(file)["weight_map"].items() if canonical(name) in wanted}
        except OSError as error:
            raise UnreadableCheckpointError(f"{index} cannot be read: {error}") from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise CheckpointError(f"{index} must map tensors to files; got {type(error).__name__}: {error}; download it again") from error
        return sorted(shards)
    raise UnreadableCheckpointError(
        f"{folder} has neither {_SINGLE} nor {_INDEX}: name the folder of the checkpoint, with weights in safetensors"
    )


def _header(file: str) -> dict[str, _Stored]:
    """The tensors of a safetensors file: 8 bytes of length, then JSON, then the data that its offsets count from."""
    try:
        with open(file, "rb") as opened:
            length = int.from_bytes(opened.read(8), "little")
            header: dict[str, Any] = json.loads(opened.read(min(length, _LONGEST_HEADER)))
        tensors = {
            name: _Stored(file, entry["dtype"], tuple(entry["shape"]), *(8 + length + int(offset) for offset in entry["data_offsets"]))
            for name, entry in header.items()
            if name != "__metadata__"
        }
        size = os.path.getsize(file)
    except OSError as error:
        raise _unreadable(file, error) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CheckpointError(f"{file} is no safetensors file ({type(error).__name__}: {error}): download it again") from error
    for name, tensor in tensors.items():
        if not 8 + length <= tensor.start <= tensor.end <= size:
            raise CheckpointError(f"{file} has {size} bytes, and its tensor '{name}' ends at {tensor.end}: download it again")
    return tensors


def _mapped(file: str) -> mmap.mmap:
    try:
        with open(file, "rb") as opened:
            return mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise _unreadable(file, error) from error


def _unreadable(file: str, error: OSError) -> UnreadableCheckpointError:
    return UnreadableCheckpointError(f"{file} cannot be read ({error}): see that it is there, and that this process may read it")


def _add(digest: Any, map_: mmap.mmap, tensor: _Stored) -> None:
    with memoryview(map_) as whole, whole[tensor.start : tensor.end] as part:
        digest.update(part)
