"""The MSI, as group policies install it (resources/installer/windows/kiosk.wxs).

wixl builds it in ASCII, and msibuild puts in what wixl cannot: it blanks Japanese, and leaves some columns out. Two builds are one file:
all codes are derived (RFC 9562, version 5), and it bears the time of the layout. It is always compressed in wixl's one way (MSZIP).
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid5
from xml.etree import ElementTree

from kiosk.program_version import TRIAL
from tools.installer import launcher
from tools.installer.requirements import ROOT
from tools.installer.windows_layout import version_of
from tools.installer.words import japanese

SOURCE = ROOT / "resources" / "installer" / "windows" / "kiosk.wxs"
UPGRADE_CODE = UUID("8C3E2A8D-6D0B-4C52-9B7E-27A1D5E0F4C6")
"""By which Windows knows all versions as one program: the same for ever. kiosk.nsi looks for it."""
REFUSALS = ("OLD_WINDOWS", "SETUP_THERE", "NEWER_THERE")

_SCHEMA = "http://schemas.microsoft.com/wix/2006/wi"
_FORMER = 0x001 | 0x100 | 0x200
"""Which versions make room: up to this one, itself included, since a trial and the build that replaces it bear one number. The features
chosen stay chosen. https://learn.microsoft.com/windows/win32/msi/upgrade-table
"""


@dataclass(frozen=True, slots=True)
class _Build:
    version: str
    time: datetime

    @property
    def number(self) -> str:
        """All that Windows compares."""
        number = self.version.removesuffix(TRIAL)
        if not re.fullmatch(r"\d{1,2}\.\d{1,2}\.\d{1,4}", number):
            raise ValueError(f"Windows compares three numbers, and the version is {self.version}")
        return number

    @property
    def is_trial(self) -> bool:
        return self.version.endswith(TRIAL)

    @property
    def folder(self) -> str:
        """Another one for a trial: nothing is written over what has the same number."""
        return self.number + "-TRIAL" * self.is_trial


def build(layout: Path, out: Path) -> None:
    built = _Build(version_of(layout), datetime.fromtimestamp(layout.stat().st_mtime, UTC))
    out.unlink(missing_ok=True)
    with TemporaryDirectory(dir=out.parent) as work:
        command, files = Path(work, "kiosk.cmd"), Path(work, "files.wxs")
        command.write_text(f'@"%~dp0{built.folder}\\python.exe" -m kiosk %*\r\n', encoding="ascii", newline="")
        os.utime(command, (built.time.timestamp(), built.time.timestamp()))
        python = _list_files(layout, built, files)
        told = {
            "ProductCode": _code("product", built.version),
            "UpgradeCode": str(UPGRADE_CODE).upper(),
            "Version": built.number,
            "Folder": built.folder,
            "Command": os.path.relpath(command, layout),
            **{f"{name}Guid": _code("component", name) for name in ("Command", "Launcher", "Menu", "Autostart")},
        }
        defined = [part for name, value in told.items() for part in ("-D", f"{name}={value}")]
        # The list first: the cabinet, and so what is written, ends with kiosk.cmd.
        _run("wixl", "--arch", "x64", "--output", out, *defined, files, SOURCE, cwd=layout)
        # Before anything that is not ASCII: https://learn.microsoft.com/windows/win32/msi/setting-the-code-page-of-a-database
        _import(out, Path(work), "_ForceCodepage", "\r\n\r\n65001\t_ForceCodepage\r\n")
        _run("msibuild", out, "-q", *_statements(built, python))
        # The code of the package is another one whenever anything in it is: https://learn.microsoft.com/windows/win32/msi/package-codes
        _summarise(out, Path(work), built, UUID(int=0))
        _summarise(out, Path(work), built, uuid5(UPGRADE_CODE, hashlib.sha256(out.read_bytes()).hexdigest()))


def _list_files(layout: Path, built: _Build, into: Path) -> str:
    """One component for each folder, since a feature holds no more than 1,600, for WiX to include. The answer is which file python.exe is.
    https://learn.microsoft.com/windows/win32/msi/featurecomponents-table
    """
    wix = ElementTree.Element("Wix", xmlns=_SCHEMA)
    group = ElementTree.SubElement(ElementTree.SubElement(wix, "Fragment"), "ComponentGroup", Id="Files")
    elements = {layout: ElementTree.SubElement(ElementTree.SubElement(wix, "Fragment"), "DirectoryRef", Id="VERSION")}
    components: dict[Path, ElementTree.Element] = {}
    identifiers: dict[str, str] = {}
    for number, path in enumerate(sorted(layout.rglob("*"))):
        parent, name = elements[path.parent], path.relative_to(layout).as_posix()
        if path.is_dir():
            elements[path] = ElementTree.SubElement(parent, "Directory", Id=f"Folder{number}", Name=path.name)
            continue
        if path.parent not in components:
            told = {"Id": f"Files{number}", "Guid": _code("files", built.version, name), "Win64": "yes"}
            components[path.parent] = ElementTree.SubElement(parent, "Component", told)
            ElementTree.SubElement(group, "ComponentRef", Id=told["Id"])
        identifiers[name] = f"File{number}"
        ElementTree.SubElement(components[path.parent], "File", Id=identifiers[name], Name=path.name, Source=name)
    ElementTree.ElementTree(wix).write(into, encoding="utf-8", xml_declaration=True)
    return identifiers["python.exe"]


def _statements(built: _Build, python: str) -> list[str]:
    words = japanese()
    former = f"'{{{str(UPGRADE_CODE).upper()}}}', '0.0.0', '{built.number}', {_FORMER}, 'FORMER'"
    return [
        _update("Property", "Value", words["NAME"] + words["TRIAL"] * built.is_trial, "Property", "ProductName"),
        _update("Directory", "DefaultDir", f"KIOSK|{words['NAME']}", "Directory", "MENU"),
        _update("Shortcut", "Name", f"COUNTER|{words['NAME']}", "Shortcut", "Counter"),
        _update("Shortcut", "Name", f"PROMPT|{words['PROMPT']}", "Shortcut", "Prompt"),
        *(_update("LaunchCondition", "Description", words[refusal], "Description", refusal) for refusal in REFUSALS),
        # kiosk.cmd is written whenever python.exe is, whoever altered it: https://learn.microsoft.com/windows/win32/msi/companion-files
        _update("File", "Version", python, "File", "kiosk.cmd"),
        _update("Component", "KeyPath", "", "Component", "Command"),
        # One that is there stays, also while it runs.
        _update("File", "Version", launcher.VERSION, "File", launcher.NAME),
        _update("File", "Language", "0", "File", launcher.NAME),
        # The attributes belong to the key of the table, which cannot be updated.
        "DELETE FROM Upgrade WHERE ActionProperty = 'FORMER'",
        f"INSERT INTO Upgrade (UpgradeCode, VersionMin, VersionMax, Attributes, ActionProperty) VALUES ({former})",  # noqa: S608
    ]


def _update(table: str, column: str, value: str, key: str, row: str) -> str:
    if "'" in value:
        raise ValueError(f"the SQL of Windows Installer cannot write a quotation mark: {value}")
    return f"UPDATE {table} SET {column} = '{value}' WHERE {key} = '{row}'"  # noqa: S608 - our own words, from words.nsh


def _summarise(out: Path, work: Path, built: _Build, code: UUID) -> None:
    """https://learn.microsoft.com/windows/win32/msi/summary-information-stream-property-set"""
    told = {
        1: "1252",  # the code page of these lines
        2: "Installation Database",
        3: f"Library Card Kiosk {built.folder}",
        4: "Library Card Kiosk",
        5: "Installer",
        7: "x64;1041",
        9: f"{{{str(code).upper()}}}",
        12: f"{built.time:%Y/%m/%d %H:%M:%S}",
        13: f"{built.time:%Y/%m/%d %H:%M:%S}",
        14: "500",
        15: "2",  # long names, compressed
        18: "msitools",
        19: "2",  # not to be changed
    }
    lines = ["PropertyId\tValue", "i2\tl255", "_SummaryInformation\tPropertyId", *(f"{key}\t{value}" for key, value in told.items())]
    _import(out, work, "_SummaryInformation", "".join(f"{line}\r\n" for line in lines))


def _code(*parts: str) -> str:
    return str(uuid5(UPGRADE_CODE, "/".join(parts))).upper()


def _import(msi: Path, work: Path, table: str, text: str) -> None:
    path = work / f"{table}.idt"
    path.write_text(text, encoding="ascii", newline="")
    _run("msibuild", msi, "-i", path)


def _run(*command: str | Path, cwd: Path = ROOT) -> None:
    # Cabinets bear local time.
    environment = os.environ | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}
    done = subprocess.run(command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=600)
    # Both programs warn of what they leave out, and go on.
    if done.returncode or done.stderr:
        raise RuntimeError(f"{command[0]}: {done.stderr.strip() or done.returncode}")
