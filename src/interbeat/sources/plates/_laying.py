"""Laying out: what a layout file says, joined with what the export says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from interbeat.core.errors import SourceError
from interbeat.core.plate import PlateRun, Role, Well, position
from interbeat.sources.plates._layout_file import Laid

__all__ = ["laid_out"]

Called = Mapping[str, tuple[str, ...]]  # which plates of the run a name of the layout means


def laid_out(run: PlateRun, laid: Laid, path: Path) -> PlateRun:
    """Return the run with what the layout says.

    Raises
    ------
    SourceError
        If it names plates or wells that the run has not, or gives another unit.
    """
    called, notes = _plates_called(run, laid, path)
    if laid.amounts:
        wells, more = _with_amounts(run, laid, called, path)
    else:
        wells, more = _with_wells(run, laid, called, path)
    lists_standards = any(well.role is Role.STANDARD for well in laid.wells)
    if run.shared and lists_standards:
        more = [*more, f"{path.name}: lists standards: each plate has a curve of its own"]
    said = laid.facts
    unit = said.get("unit", "")
    if run.unit and unit and run.unit.lower() != unit.lower():
        raise SourceError(
            path, f"gives concentrations in {unit}, and {run.source} in {run.unit}"
        )
    extracted = {"yes": True, "no": False}.get(said.get("extracted", ""), run.extracted)
    return replace(
        run,
        wells=wells,
        unit=unit or run.unit,
        analyte=said.get("analyte", run.analyte),
        matrix=said.get("matrix", run.matrix),
        extracted=extracted,
        inferences=(*run.inferences, *laid.notes, *notes, *more),
        shared=run.shared and not lists_standards,
    )


def _plain(name: str) -> str:
    return "".join(name.lower().split())


def _plates_called(run: PlateRun, laid: Laid, path: Path) -> tuple[Called, list[str]]:
    """Return which plates of the run the layout means by each name."""
    told = list(dict.fromkeys([w.plate for w in laid.wells] + [p for p, _ in laid.amounts]))
    names = [plate.name for plate in run.plates]
    plain = {_plain(name): name for name in names}
    called: dict[str, tuple[str, ...]] = {"": tuple(names)}
    wanted = [name for name in told if name]
    if all(_plain(name) in plain for name in wanted):
        return called | {name: (plain[_plain(name)],) for name in wanted}, []
    found = {name: (plain[_plain(name)],) for name in wanted if _plain(name) in plain}
    if {name for each in found.values() for name in each} == set(names):
        left = [name for name in wanted if name not in found]
        return called | found | dict.fromkeys(left, ()), [
            f"{path.name}: the run has no plate called {', '.join(map(repr, left))}: left out"
        ]
    if len(wanted) == len(names):
        matched = dict(zip(wanted, names, strict=True))
        shown = ", ".join(f"{a!r} is {b!r}" for a, b in matched.items())
        return called | {a: (b,) for a, b in matched.items()}, [
            f"{path.name}: plates matched in their order: {shown}"
        ]
    raise SourceError(
        path,
        f"names the plates {', '.join(map(repr, wanted))}, and the run has "
        f"{', '.join(map(repr, names))}",
    )


def _with_amounts(
    run: PlateRun, laid: Laid, called: Called, path: Path
) -> tuple[tuple[Well, ...], list[str]]:
    """Return the wells with the concentrations that go with their names."""
    by_plate = {
        (plate, name): amount
        for (told, name), amount in laid.amounts.items()
        for plate in called[told]
    }
    wells, used = [], set()
    for well in run.wells:
        keys = [(p, well.name.lower()) for p in ([well.plate] if well.plate else called[""])]
        amounts = {by_plate[key] for key in keys if key in by_plate}
        if len(amounts) > 1:
            raise SourceError(path, f"{well.name!r} differs between plates")
        used |= {key for key in keys if key in by_plate}
        role = Role.STANDARD if amounts and well.role is Role.SAMPLE else well.role
        amount = amounts.pop() if amounts else well.concentration
        wells.append(replace(well, role=role, concentration=amount))
    if not used:
        names = ", ".join(sorted({name for _, name in by_plate}))
        raise SourceError(path, f"gives concentrations of {names}; no well is called so")
    return tuple(wells), []


def _with_wells(
    run: PlateRun, laid: Laid, called: Called, path: Path
) -> tuple[tuple[Well, ...], list[str]]:
    before = {
        (plate, well.place): well
        for well in run.wells
        for plate in ([well.plate] if well.plate else called[""])
    }
    after: dict[tuple[str, str], Well] = {}
    taken: list[str] = []
    shapes = {plate.name: plate.shape for plate in run.plates}
    for well in laid.wells:
        for plate in called[well.plate]:
            _check_place(well, shapes[plate], path)
            filled = _filled(well, before.get((plate, well.place)), laid)
            after[plate, well.place] = replace(filled, plate=plate)
            if not _same_amounts(filled, well):
                taken.append(well.place)
    notes = [
        f"{path.name}: concentrations or dilutions of {len(taken)} wells ({taken[0]} ...) are "
        "those of the export"
    ] if taken else []  # fmt: skip
    if any(well.role is Role.STANDARD for well in laid.wells):
        return tuple(after.values()), notes
    kept = {key: replace(w, plate=key[0]) for key, w in before.items() if key not in after}
    note = f"{path.name}: lists no standards: {len(kept)} wells stay as the export has them"
    return tuple((kept | after).values()), notes + [note] * bool(kept)


def _check_place(well: Well, shape: tuple[int, int], path: Path) -> None:
    row, column = position(well.place)
    if row >= shape[0] or column >= shape[1]:
        raise SourceError(
            path, f"well {well.place} is on no plate of {shape[0]} by {shape[1]} wells"
        )


def _same_amounts(a: Well, b: Well) -> bool:
    unknown = math.isnan(a.concentration) and math.isnan(b.concentration)
    return a.dilution == b.dilution and (unknown or a.concentration == b.concentration)


def _filled(well: Well, export: Well | None, laid: Laid) -> Well:
    """Return the well with what only the export says of it."""
    if export is None or export.role is not well.role:
        return well
    known = not math.isnan(well.concentration)
    return replace(
        well,
        concentration=well.concentration if known else export.concentration,
        dilution=well.dilution if "dilution" in laid.said else export.dilution,
    )
