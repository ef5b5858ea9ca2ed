"""The command `vllm` for a CPU with the one switch that vLLM 0.32 leaves out there: its runner for CPUs has a load_model of its own, which
does not say that videos are pruned, so that rows with positions are not taken apart.

The engine is a process of its own, which begins with this module too: as its main module.
"""

from vllm.v1.worker.cpu_model_runner import CPUModelRunner

_load_model = CPUModelRunner.load_model


def load_model(self, *arguments, **options):
    _load_model(self, *arguments, **options)
    self.is_multimodal_pruning_enabled = self.model_config.multimodal_config.is_multimodal_pruning_enabled()


CPUModelRunner.load_model = load_model

if __name__ == "__main__":
    from vllm.entrypoints.cli.main import main

    main()
