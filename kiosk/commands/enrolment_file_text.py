"""An enrolment file as it is written, with the sentences above it that say what it is."""

from __future__ import annotations

from kiosk.commands import output
from kiosk.domain.enrolment_file import EnrolmentFile


def written_out(file: EnrolmentFile) -> bytes:
    explained = output.words("registry.enrol.in-file" if file.uses == 1 else "registry.enrol.in-file-of-many")
    return file.formatted(explained=explained).encode()
