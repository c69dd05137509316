"""Short sounds without QtMultimedia: by Windows' own player, PulseAudio or ALSA; silent if there is none.

A sound is never the only signal, so a failure is logged once and sounds are then off.
"""

from __future__ import annotations

import array
import importlib
import logging
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import wave
from collections.abc import Callable
from pathlib import Path

from kiosk.domain.model import Sound
from kiosk.resource_files import resource

log = logging.getLogger("kiosk.ui.sound")

Player = Callable[[Path], bool]
"""Plays a WAV file to the end; returns False if playback is impossible."""

LONGEST = 2.0
"""Timeout of a player, in seconds: a hanging sound server must not block later sounds."""


def system_player() -> Player | None:
    """Return a player that works on this machine, or None."""
    if sys.platform == "win32":
        return _windows
    for program in (["paplay"], ["aplay", "-q"]):
        path = shutil.which(program[0])
        if path is not None:
            return _with([path, *program[1:]])
    return None


def _with(command: list[str]) -> Player:
    def play(file: Path) -> bool:
        try:
            done = subprocess.run(  # noqa: S603
                [*command, str(file)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=LONGEST
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0

    return play


def _windows(file: Path) -> bool:
    winsound = importlib.import_module("winsound")
    try:
        winsound.PlaySound(str(file), winsound.SND_FILENAME | winsound.SND_NODEFAULT)
    except RuntimeError:
        return False
    return True


class Sounds:
    """Plays sounds one after another on its own thread. `volume` is 0 (off) to 100; `play` only enqueues."""

    def __init__(self, volume: int, player: Player | None = None) -> None:
        self._player = (player or system_player()) if volume > 0 else None
        self._waiting: queue.SimpleQueue[Sound | None] = queue.SimpleQueue()
        self._volume = volume
        self._thread: threading.Thread | None = None

    def play(self, sound: Sound) -> None:
        if self._player is None:
            return
        if self._thread is None:
            # A daemon: a hanging player must not keep the process alive.
            self._thread = threading.Thread(target=self._work, args=(self._player,), name="sound", daemon=True)
            self._thread.start()
        self._waiting.put(sound)

    def stop(self, limit: float = LONGEST) -> None:
        """Play the queued sounds, then stop; waits at most `limit` seconds."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join(limit)
            self._thread = None

    def _work(self, player: Player) -> None:
        with tempfile.TemporaryDirectory(prefix="kiosk-sound-") as folder:
            while (sound := self._waiting.get()) is not None:
                if not player(self._at_volume(sound, Path(folder))):
                    log.info("no sound can be played here")
                    self._player = None
                    return

    def _at_volume(self, sound: Sound, folder: Path) -> Path:
        """Return the sound as a file scaled to the volume: the players have no common volume option."""
        made = folder / f"{sound}.wav"
        if not made.exists():
            with wave.open(str(resource(f"sounds/{sound}.wav")), "rb") as source:
                settings, frames = source.getparams(), source.readframes(source.getnframes())
            samples = array.array("h", frames)
            if sys.byteorder == "big":
                samples.byteswap()
            quiet = array.array("h", (sample * self._volume // 100 for sample in samples))
            if sys.byteorder == "big":
                quiet.byteswap()
            with wave.open(str(made), "wb") as target:
                target.setparams(settings)
                target.writeframes(quiet.tobytes())
        return made
