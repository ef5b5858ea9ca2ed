"""Crashes: driver, executor and decoders killed at random moments, disks that are full, an output folder that is lost for a while.

By default each kind of process is killed twice and that is all; at full size, with what was hit told as it happens and at the end:
    .venv/bin/python -m pytest -q checks/test_crash.py -s --moments 50
TOKENREEL_SEED=N repeats the moments of a run, which prints its seed."""

import os
import random
import shutil

import pytest

import crash
import launch

pytestmark = pytest.mark.slow

SEED = int(os.environ.get("TOKENREEL_SEED", random.SystemRandom().randrange(1 << 30)))

MOST_WAVES = 8
COMMIT_SECONDS = 0.02
FULL_SIZE = 10


@pytest.fixture(scope="module")
def undisturbed(pytestconfig, tmp_path_factory):
    print(f"TOKENREEL_SEED={SEED}")
    waves = min(2 * pytestconfig.getoption("moments"), MOST_WAVES)
    return crash.Undisturbed.of(tmp_path_factory.mktemp("undisturbed"), waves)


@pytest.fixture
def hit(tally):
    """Counts what was hit, and tells it at once for those who run pytest with -s."""

    def count(what):
        tally[what] += 1
        print(f"{what} ({tally[what]})", flush=True)

    return count


def test_driver_killed_again_and_again_then_a_rerun_gives_the_undisturbed_tables(undisturbed, pytestconfig, hit, tmp_path):
    """Each run goes on where the one before it was killed; what readers find in between is right as far as it goes. Every other moment is
    aimed at a commit, which takes a part of a wave's time that others hardly ever hit."""
    moments = random.Random(f"{SEED} driver")
    run = crash.Run(tmp_path, undisturbed.videos)
    left = pytestconfig.getoption("moments")
    while left > 0:
        run.start()
        aimed = left % 2 == 1 and run.awaits_commit()
        most = COMMIT_SECONDS if aimed else undisturbed.start_seconds + 4 * undisturbed.wave_seconds
        if run.runs_for(moments.uniform(0, most)):
            run.kill()
            hit(f"driver killed: {run.phase()}")
            undisturbed.assert_part(run.output)
            left -= 1
        else:
            undisturbed.assert_whole(run.output, run.finish()["run_id"])
            shutil.rmtree(run.output)  # nothing is left to do: begin again
    undisturbed.assert_whole(run.output, run.again()["run_id"])
    run.assert_nothing_left()


def test_executors_and_decoders_killed_and_the_job_goes_on_by_itself(undisturbed, pytestconfig, hit, tmp_path):
    """An executor in about every other wave, all decoders in the others: a video whose decoder dies once has a second attempt."""
    moments = random.Random(f"{SEED} cluster")
    cluster = ["--master", "local-cluster[2,1,1024]", "--conf", f"spark.jars={launch.JAR}"]
    left = dict.fromkeys(["executor", "decoders"], pytestconfig.getoption("moments"))
    while kills := sum(left.values()):
        run = crash.Run(tmp_path / str(kills), undisturbed.videos, *cluster)
        run.start()
        for wave in range(min(kills, undisturbed.waves)):
            who = max(left, key=left.get)
            kind, most = (crash.EXECUTOR, 1) if who == "executor" else (crash.DECODER, 2)
            if run.awaits_wave(wave) and run.runs_for(moments.uniform(0, undisturbed.wave_seconds)) and run.kills_children(kind, most):
                hit(f"{who} killed: {run.phase()}")
                left[who] -= 1
        undisturbed.assert_whole(run.output, run.finish()["run_id"])
        run.assert_nothing_left()


@pytest.fixture
def full_size(pytestconfig):
    """What takes its time is done where kills are many, too."""
    if pytestconfig.getoption("moments") < FULL_SIZE:
        pytest.skip(f"runs with --moments {FULL_SIZE} or more")


@pytest.mark.usefixtures("full_size")
@pytest.mark.parametrize("place", ["output", "scratch"])
def test_disk_that_fills_up_stops_the_job_and_a_rerun_with_room_gives_the_undisturbed_tables(undisturbed, place, tmp_path):
    with crash.SmallDisk(tmp_path / "disk") as disk:
        if not disk.can_be_had:
            pytest.skip("a small disk takes a mount namespace, which this machine does not let this user make")
        run = crash.Run(tmp_path, undisturbed.videos, within=disk.namespaces, **{place: disk.path / place})
        run.start()
        assert run.awaits_wave(1)
        disk.fill()
        said = run.finish(expect=1)
        assert "No space left on device" in said, said[-6000:]
        undisturbed.assert_part(run.output)
        disk.free()
        summary = run.again()
        undisturbed.assert_whole(run.output, summary["run_id"])
        launch.tokenreel("verify", "--cache", run.output, within=disk.namespaces)
        run.assert_nothing_left()


@pytest.mark.usefixtures("full_size")
def test_output_that_is_gone_for_a_while_is_found_undamaged_by_a_rerun(undisturbed, hit, tmp_path):
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
        hit("output lost: the run went on")
    else:
        assert str(run.output) in run.said(), run.said()[-6000:]
        hit("output lost: the run stopped")
    shutil.rmtree(tmp_path / "hidden")  # what was written in the meantime is nobody's
    undisturbed.assert_part(run.output)
    summary = run.again()
    undisturbed.assert_whole(run.output, summary["run_id"])
    run.assert_nothing_left()
