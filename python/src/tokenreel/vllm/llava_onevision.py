"""vLLM's LLaVA-OneVision for embeddings of several lengths in one step of the engine.

vLLM 0.32 has a check of shapes that lets a step have embeddings of one length alone, and ends the engine where two requests, or two videos
of one, have rows of different counts. Nothing behind the check needs that.
"""

from __future__ import annotations

from typing import Any

from vllm.model_executor.models.llava_onevision import LlavaOnevisionForConditionalGeneration, LlavaOnevisionImageEmbeddingInputs


class LlavaOnevision(LlavaOnevisionForConditionalGeneration):
    """The model, without that check of embeddings. Their width is checked before the engine has them."""

    def _parse_and_validate_image_input(self, **kwargs: Any) -> Any:
        embeddings = kwargs.get("image_embeds")
        if kwargs.get("pixel_values") is None and embeddings is not None:
            return LlavaOnevisionImageEmbeddingInputs(type="image_embeds", data=embeddings, validate=False)
        return super()._parse_and_validate_image_input(**kwargs)
