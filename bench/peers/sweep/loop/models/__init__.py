"""What lmms-eval loads of a package that LMMS_EVAL_PLUGINS names."""

AVAILABLE_MODELS = {"compressed_llava": "CompressedLlava"}
