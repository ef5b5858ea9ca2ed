"""How the plugin learns which model is served: vLLM gives its configuration to every logger of statistics, in the process that
takes requests. The logger records nothing.
"""

from __future__ import annotations

from typing import Any

from vllm.v1.metrics.loggers import StatLoggerBase

from tokenreel.vllm._serving import SERVING, is_wanted


class ServedModelLogger(StatLoggerBase):
    """The entry point `vllm.stat_logger_plugins`."""

    def __init__(self, vllm_config: Any, engine_index: int = 0) -> None:  # noqa: ARG002, vLLM's signature
        """Called once per engine of the server.

        Args:
            vllm_config: a `vllm.config.VllmConfig`.
            engine_index: number of the engine.
        """
        if is_wanted():
            SERVING.begin(vllm_config)

    def record(self, *args: Any, **kwargs: Any) -> None:
        pass

    def log_engine_initialized(self) -> None:
        pass
