"""Somebody between a counter and its server: shows the true authority's certificate, and has a certificate of his own."""

from __future__ import annotations

from pathlib import Path

from tests.support.sync.scripted_registry import Asked, Say, ScriptedRegistry


def relay(folder: Path, shown: bytes) -> ScriptedRegistry:
    """Answers with this certificate (PEM) when asked for the authority, and with a friendly yes to everything else."""

    def script(asked: Asked) -> Say:
        return (
            Say(200, shown) if asked.path == "/v1/authority" else Say(200, {"counter": "窓口1", "site_key": "00" * 32, "key_generation": 0})
        )

    return ScriptedRegistry(folder, script=script)
