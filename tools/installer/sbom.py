"""Bill of materials of what is installed, as CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/). Two of one layout are one file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from uuid import NAMESPACE_URL, UUID, uuid5

import jsonschema_rs
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model import component as cyclonedx
from cyclonedx.model.bom import Bom
from cyclonedx.model.component_evidence import ComponentEvidence, Occurrence
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from tools.installer.component import Component
from tools.installer.distributions import OURS


def written(components: Sequence[Component], name: str, epoch: int) -> str:
    """`name`: of what is installed. `epoch`: the time of its source, in seconds of Unix."""
    ours, *others = sorted(components, key=lambda component: (component.name != OURS, component.reference))
    bom = Bom(serial_number=UUID(int=0))
    bom.metadata.timestamp = datetime.fromtimestamp(epoch, UTC)
    root = _component(ours, cyclonedx.ComponentType.APPLICATION)
    root.properties.add(Property(name=f"{OURS}:artefact", value=name))
    bom.metadata.component = root
    made = [_component(component) for component in others]
    # Names of those that bring something are their own.
    known = {component.name: found for component, found in zip(others, made, strict=True)} | {"": root}
    for component, found in zip(others, made, strict=True):
        bom.components.add(found)
        bom.register_dependency(known[component.of], [found])
    bom.serial_number = uuid5(NAMESPACE_URL, JsonV1Dot6(bom).output_as_string())
    text = JsonV1Dot6(bom).output_as_string(indent=2) + "\n"
    _schema().validate(json.loads(text))
    return text


def _component(component: Component, kind: cyclonedx.ComponentType = cyclonedx.ComponentType.LIBRARY) -> cyclonedx.Component:
    purl = PackageURL.from_string(f"{component.purl}@{component.version}" if component.version else component.purl)
    made = cyclonedx.Component(
        name=component.name,
        version=component.version or None,
        type=kind,
        bom_ref=component.reference,
        purl=purl,
        licenses=[LicenseFactory().make_from_string(component.licence)],
    )
    if component.origin is not None:
        made.hashes.add(HashType(alg=HashAlgorithm.SHA_256, content=component.origin.sha256))
        made.properties.add(Property(name=f"{OURS}:installed-from", value=component.origin.name))
    if component.files:
        found = [Occurrence(bom_ref=f"{component.reference}:{path}", location=path) for path in component.files]
        made.evidence = ComponentEvidence(occurrences=found)
    return made


@cache
def _schema() -> jsonschema_rs.Draft7Validator:
    """As the project publishes it, from the library's copy."""
    folder = files("cyclonedx.schema") / "_res"
    names = {name: f"{name}.SNAPSHOT.schema.json" for name in ("bom-1.6", "spdx", "jsf-0.82")}
    schemas = {name: json.loads((folder / file).read_text("utf-8")) for name, file in names.items()}
    registry = jsonschema_rs.Registry([(f"http://cyclonedx.org/schema/{file}", schemas[name]) for name, file in names.items()])
    return jsonschema_rs.Draft7Validator(schemas["bom-1.6"], registry=registry, validate_formats=True)
