"""Where packages of pins are kept."""

import launch
import packages


def test_every_file_of_pins_has_a_folder_of_its_own():
    pins = [launch.ROOT / "checks" / "serving" / "requirements.txt", launch.ROOT / "checks" / "requirements.txt"]
    pins += sorted((launch.ROOT / "checks").rglob("*.txt"))
    places = {packages.place(file) for file in pins}
    assert len(places) == len(set(pins))
    assert packages.place(pins[0]) == packages.FOLDER / "checks-serving-requirements"
    assert packages.place(launch.ROOT / "checks" / "spark" / "pyspark-4.1.4.txt").name == "checks-spark-pyspark-4.1.4"


def test_packages_are_installed_while_they_are_those_that_the_file_names(tmp_path, monkeypatch):
    monkeypatch.setattr(packages, "FOLDER", tmp_path)
    pins = launch.ROOT / "checks" / "videos.txt"
    assert not packages.is_installed(pins)
    lock = tmp_path / "checks-videos.lock"
    lock.write_text("of other pins", encoding="utf-8")
    assert not packages.is_installed(pins)
