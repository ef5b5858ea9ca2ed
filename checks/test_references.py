"""Twins: checkpoints with random settings and weights that Transformers writes and computes, against TokenReel's tokens and answers.

bin/check --references runs it, which fetches torch and three versions of Transformers once, 5 GB. LLaVA-Video is of LLaVA-NeXT's
layout, computed by Transformers' SigLIP and Qwen2.
"""

import json
import os
import secrets
import shutil

import numpy as np
import pytest
from safetensors import numpy as safetensors

import compared
import launch
import reference

# What a version does otherwise than TokenReel does without a setting in the model's name.
OPTIONS = {
    ("5.24.0", "qwen2_vl"): "#tokenreel_positions=merged_grid",
    ("5.24.0", "qwen2_5_vl"): "#tokenreel_positions=merged_grid",
    ("5.24.0", "qwen3_vl"): "#tokenreel_prompt=5",
}


@pytest.fixture(scope="module")
def seed():
    return int(os.environ.get("TOKENREEL_SEED") or secrets.randbelow(1 << 30))


@pytest.fixture(scope="module", params=reference.VERSIONS)
def version(request, tmp_path_factory):
    with reference.Reference(request.param, tmp_path_factory.mktemp("reference")) as process:
        yield process


@pytest.mark.parametrize("family", sorted({family for families in reference.VERSIONS.values() for family in families}))
def test_twins_have_the_tokens_and_answers_of_transformers(version, family, seed, tmp_path, tally, pytestconfig):
    if family not in reference.VERSIONS[version.number]:
        pytest.skip(f"Transformers {version.number} has no {family}")
    failures = []
    for one in range(seed, seed + pytestconfig.getoption("--references")):
        folder = tmp_path / str(one)
        said = version.twin(family, one, folder)
        assert "refused" not in said, f"seed {one}: {said}"
        wrong = compared.run(folder, said, OPTIONS.get((version.number, family), ""))
        if wrong:
            failures.append(f"{family} of {version.number}, seed {one}: {wrong}\n{said}")
        tally[f"twin of {family} of Transformers {version.number}"] += 1
    assert not failures, "\n".join(failures)


@pytest.fixture(scope="module")
def twin(version, seed, tmp_path_factory):
    """A twin in one file, or in two shards, and what is said of it."""
    folder = tmp_path_factory.mktemp("twin") / "twin"
    said = version.twin("qwen2_vl", seed, folder)
    assert "refused" not in said, f"seed {seed}: {said}"
    return folder, said


def copied(twin, tmp_path):
    folder, said = twin
    return shutil.copytree(folder, tmp_path / "copy"), said


def test_a_hubs_cache_of_links_and_an_adapter_beside_the_weights_are_read(version, twin, tmp_path):
    folder, said = copied(twin, tmp_path)
    (folder / "model").rename(folder / "blobs")
    snapshot = folder / "models--some--twin" / "snapshots" / "0a1b"
    snapshot.mkdir(parents=True)
    for file in (folder / "blobs").iterdir():
        (snapshot / file.name).symlink_to(file)
    (snapshot / "adapter_config.json").write_text('{"peft_type": "LORA", "r": 8}', encoding="utf-8")
    safetensors.save_file({}, snapshot / "adapter_model.safetensors")
    (folder / "model").symlink_to(snapshot)
    assert not compared.run(folder, said, OPTIONS.get((version.number, "qwen2_vl"), ""))


@pytest.mark.parametrize(
    ("form", "expected"),
    [("pointer", "git lfs pull"), ("pickled", "expected safetensors"), ("adapter", "merge_and_unload"), ("fp8", "quantised"), ("int8", "quantised")],
)
def test_a_folder_that_is_no_plain_checkpoint_is_refused(twin, form, expected, tmp_path):
    folder, _ = copied(twin, tmp_path)
    model = folder / "model"
    weights = sorted(model.glob("model*.safetensors"))
    if form == "pointer":
        for file in weights:
            file.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0a1b\nsize 4\n", encoding="utf-8")
    elif form in ("pickled", "adapter"):
        for file in [*weights, *model.glob("*.index.json")]:
            file.unlink()
        (model / ("pytorch_model.bin" if form == "pickled" else "adapter_config.json")).write_text("{}", encoding="utf-8")
    elif form == "fp8":
        config = json.loads((model / "config.json").read_text(encoding="utf-8"))
        config["quantization_config"] = {"quant_method": "fp8", "activation_scheme": "dynamic"}
        (model / "config.json").write_text(json.dumps(config), encoding="utf-8")
    else:
        for file in weights:
            stored = {name: (value.view("<u1") if name.endswith("qkv.weight") else value) for name, value in _raw(file).items()}
            safetensors.save_file(stored, file)
    said = launch.command("precompute", "--input", launch.VIDEOS / "hevc.mp4", "--output", tmp_path / "cache", "--model", model, expect=2).stderr
    assert expected in said and "Exception" not in said, said


def _raw(file):
    """Tensors of a file; bfloat16, which numpy lacks, is not needed: their bits do."""
    with open(file, "rb") as opened:
        length = int.from_bytes(opened.read(8), "little")
        header, data = json.loads(opened.read(length)), opened.read()
    header.pop("__metadata__", None)
    kinds = {"F32": "<f4", "F16": "<f2", "BF16": "<f2"}
    found = {}
    for name, told in header.items():
        begin, end = told["data_offsets"]
        found[name] = np.frombuffer(data[begin:end], kinds[told["dtype"]]).reshape(told["shape"])
    return found
