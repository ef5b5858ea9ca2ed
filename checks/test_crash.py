"""Crashes: driver, executor and decoders killed at random moments, disks that are full, an output folder that is lost for a while.

Two moments each by default; at full size, with what was hit told at the end:
    .venv/bin/python -m pytest -q checks/test_crash.py -k killed --moments 50
TOKENREEL_SEED=N repeats the moments of a run, which prints its seed."""

import os
import random
import shutil

import pytest

import crash
import launch

SEED = int(os.environ.get("TOKENREEL_SEED", random.SystemRandom().randrange(1 << 30)))


@pytest.fixture(scope="module")
def undisturbed(pytestconfig, tmp_path_factory):
    print(f"TOKENREEL_SEED={SEED}")
    waves = 2 * pytestconfig.getoption("moments")
    return crash.Undisturbed.of(tmp_path_factory.mktemp("undisturbed"), waves)


def test_driver_killed_again_and_again_then_a_rerun_gives_the_undisturbed_tables(undisturbed, pytestconfig, tally, tmp_path):
    """Each run goes on where the one before it was killed; what readers find in between is right as far as it goes."""
    moments = random.Random(f"{SEED} driver")
    run = crash.Run(tmp_path, undisturbed.videos)
    killed = 0
    while killed < pytestconfig.getoption("moments"):
        run.start()
        if run.runs_for(moments.uniform(0, undisturbed.start_seconds + 6 * undisturbed.wave_seconds)):
            run.kill()
            tally[f"driver killed: {run.phase()}"] += 1
            undisturbed.assert_part(run.output)
            killed += 1
        else:
            run.finish()
            shutil.rmtree(run.output)  # there was nothing left to do
    summary = run.again()
    assert summary["videos"] == undisturbed.waves * crash.VIDEOS_PER_WAVE
    undisturbed.assert_whole(run.output, summary["run_id"])
    run.assert_nothing_left()


def test_executors_and_decoders_killed_and_the_job_goes_on_by_itself(undisturbed, tally, tmp_path):
    """An executor in every other wave, all decoders in the others: a video whose decoder dies once has a second attempt."""
    moments = random.Random(f"{SEED} cluster")
    cluster = ["--master", "local-cluster[2,1,1024]", "--conf", f"spark.jars={launch.JAR}"]
    run = crash.Run(tmp_path, undisturbed.videos, *cluster)
    run.start()
    for wave in range(undisturbed.waves):
        who, kind, most = ("executor", crash.EXECUTOR, 1) if wave % 2 == 0 else ("decoders", crash.DECODER, 2)
        if run.awaits_wave(wave) and run.runs_for(moments.uniform(0, undisturbed.wave_seconds)) and run.kills_children(kind, most):
            tally[f"{who} killed: {run.phase()}"] += 1
        else:
            tally[f"{who} not killed: the run had ended"] += 1
    summary = run.finish()
    undisturbed.assert_whole(run.output, summary["run_id"])
    run.assert_nothing_left()


@pytest.mark.parametrize("place", ["output", "scratch"])
def test_disk_that_fills_up_stops_the_job_and_a_rerun_with_room_gives_the_undisturbed_tables(undisturbed, place, tmp_path):
    with crash.SmallDisk(tmp_path / "disk") as disk:
        if not disk.can_be_had:
            pytest.skip("a small disk takes a mount namespace, which this machine does not let this user make")
        run = crash.Run(tmp_path, undisturbed.videos, prefix=disk.prefix, **{place: disk.path / place})
        run.start()
        assert run.awaits_wave(1)
        disk.fill()
        said = run.finish(expect=1)
        assert "No space left on device" in said, said[-6000:]
        undisturbed.assert_part(run.output)
        disk.free()
        summary = run.again()
        undisturbed.assert_whole(run.output, summary["run_id"])
        run.assert_nothing_left()


def test_output_that_is_gone_for_a_while_is_found_undamaged_by_a_rerun(undisturbed, tally, tmp_path):
    """As a mount that is lost and comes back: for some seconds there is an empty folder in its place."""
    moments = random.Random(f"{SEED} output")
    run = crash.Run(tmp_path, undisturbed.videos)
    run.start()
    assert run.awaits_wave(1)
    run.runs_for(moments.uniform(0, undisturbed.wave_seconds))
    away = tmp_path / "away"
    run.output.rename(away)
    run.output.mkdir()
    run.runs_for(moments.uniform(0, 3 * undisturbed.wave_seconds))
    run.output.rename(tmp_path / "hidden")
    away.rename(run.output)
    if run.ends_well():
        tally["output lost: the run went on"] += 1
    else:
        assert str(run.output) in run.said(), run.said()[-6000:]
        tally["output lost: the run stopped"] += 1
    undisturbed.assert_part(run.output)
    summary = run.again()
    undisturbed.assert_whole(run.output, summary["run_id"])
    run.assert_nothing_left()
