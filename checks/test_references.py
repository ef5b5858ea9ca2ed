"""Twins: checkpoints with random settings and weights that Transformers writes and computes, against TokenReel's tokens and answers.

bin/check --references runs it, which fetches torch and three versions of Transformers once, 5 GB. LLaVA-Video is of LLaVA-NeXT's
layout, computed by Transformers' SigLIP and Qwen2.
"""

import os
import secrets

import pytest

import compared
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
