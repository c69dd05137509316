"""Sounds: short, at the configured volume, and never blocking."""

from __future__ import annotations

import array
import threading
import wave
from pathlib import Path

import pytest

from kiosk.domain.model import Sound
from kiosk.resource_files import resource
from kiosk.ui.sound import Sounds


class Loudspeaker:
    """Keeps how loud each file was that it was given."""

    def __init__(self, works: bool = True) -> None:
        self.works = works
        self.heard: list[tuple[str, int]] = []
        self.threads: set[str] = set()

    def __call__(self, file: Path) -> bool:
        with wave.open(str(file), "rb") as sound:
            samples = array.array("h", sound.readframes(sound.getnframes()))
        self.heard.append((file.stem, max(samples)))
        self.threads.add(threading.current_thread().name)
        return self.works


@pytest.mark.parametrize("sound", Sound)
def test_every_sound_is_there_short_and_soft_in_attack_and_end(sound: Sound) -> None:
    with wave.open(str(resource(f"sounds/{sound}.wav")), "rb") as file:
        samples = array.array("h", file.readframes(file.getnframes()))
        assert file.getnframes() / file.getframerate() <= 0.200
    loudest = max(samples)
    assert loudest > 20_000
    assert max(abs(sample) for sample in samples[:20]) < loudest / 5
    assert max(abs(sample) for sample in samples[-20:]) < loudest / 5


def test_sounds_follow_one_another_off_the_gui_thread() -> None:
    loudspeaker = Loudspeaker()
    sounds = Sounds(100, loudspeaker)
    sounds.play(Sound.CARD_SEEN)
    sounds.play(Sound.DONE)
    sounds.stop()
    assert [name for name, _ in loudspeaker.heard] == ["card-seen", "done"]
    assert loudspeaker.threads == {"sound"}


def test_a_counter_is_as_loud_as_its_setting() -> None:
    loud, quiet = Loudspeaker(), Loudspeaker()
    for volume, loudspeaker in ((100, loud), (25, quiet)):
        sounds = Sounds(volume, loudspeaker)
        sounds.play(Sound.REFUSED)
        sounds.stop()
    assert quiet.heard[0][1] == pytest.approx(loud.heard[0][1] / 4, rel=0.01)


def test_volume_nought_is_silence() -> None:
    loudspeaker = Loudspeaker()
    sounds = Sounds(0, loudspeaker)
    sounds.play(Sound.DONE)
    sounds.stop()
    assert loudspeaker.heard == []


def test_where_nothing_can_sound_it_is_tried_once() -> None:
    loudspeaker = Loudspeaker(works=False)
    sounds = Sounds(60, loudspeaker)
    sounds.play(Sound.DONE)
    sounds.stop()
    sounds.play(Sound.DONE)
    sounds.stop()
    assert len(loudspeaker.heard) == 1
