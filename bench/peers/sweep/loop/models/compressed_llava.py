"""lmms-eval's llava_hf with VidCom2 between the vision tower and the language model, as VidCom2's users patch it."""

import torch
import vidcom2
from lmms_eval.api.registry import register_model
from lmms_eval.models.simple.llava_hf import LlavaHf


@register_model("compressed_llava")
class CompressedLlava(LlavaHf):
    """Takes llava_hf's arguments, and `retention`, the share of the visual tokens that is kept; 1 is llava_hf itself."""

    def __init__(self, retention: float = 1.0, **settings: object) -> None:
        super().__init__(**settings)
        self._retention = float(retention)
        self._whole = self._model.generate
        if self._retention < 1:
            self._model.generate = self._generate

    def _generate(self, input_ids: torch.Tensor, pixel_values_videos: torch.Tensor, attention_mask: torch.Tensor, **settings: object) -> torch.Tensor:
        visual = self._model.get_video_features(pixel_values_videos).pooler_output[0]
        kept = vidcom2.kept(visual[:-1].unflatten(0, (pixel_values_videos.shape[1], -1)), self._retention)
        video = torch.cat([visual[:-1][kept], visual[-1:]])
        places = (input_ids[0] == self._model.config.video_token_id).nonzero().flatten()
        text = self._model.get_input_embeddings()(input_ids)[0]
        rows = torch.cat([text[: places[0]], video, text[places[-1] + 1 :]])[None]
        for name in ("image_sizes_videos", "mm_token_type_ids"):  # of the prompt as it was
            settings.pop(name, None)
        new = self._whole(inputs_embeds=rows, attention_mask=attention_mask.new_ones(rows.shape[:2]), **settings)
        return torch.cat([input_ids, new], 1)  # llava_hf takes what stands after the prompt
