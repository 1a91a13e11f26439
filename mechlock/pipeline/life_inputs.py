"""What a life assessment takes from files, read before anything is solved, so that what is wrong in them is said at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mechlock.errors import InputError
from mechlock.inputs.design import Design
from mechlock.life.sn import FAT_CLASSES
from mechlock.loads.duty import Duty, default_duty, read_duty
from mechlock.loads.trucks import standard_truck
from mechlock.pipeline.endurance_stage import wear_rate

SHORTEST, LONGEST = 10.0, 3600.0
"""Driving of every kind of road, s: long enough for a spectrum, short enough for memory."""


def life_inputs(design: Design) -> Duty:
    """The duty spectrum of a design, with everything else that its life section names looked up.

    Raises
    ------
    InputError
        When a file cannot be read, or a truck, weld class, bearing condition or length of the sample is none.
    """
    life, where = design.file.life, f"{design.where}: life"
    wear_rate(design)
    if not any(abs(life.weld_class - fat) < 0.5 for fat in FAT_CLASSES):
        known = ", ".join(f"{fat:g}" for fat in FAT_CLASSES)
        raise InputError(f"IIW has no class FAT {life.weld_class:g}", f"{where}.weld_class", f"use one of {known} MPa")
    if not SHORTEST <= life.sample <= LONGEST:
        raise InputError(
            f"a sample of {life.sample:g} s", f"{where}.sample", f"drive for {SHORTEST:g} s to an hour, such as '60 s'"
        )
    duty = duty_of(design)
    try:
        standard_truck(duty.truck)
    except InputError as error:
        raise error.at(f"{life.duty or 'default duty'}: truck") from None
    return duty


def duty_of(design: Design) -> Duty:
    """Duty spectrum that a design names, or the default one, over the years that it asks for.

    Raises
    ------
    InputError
        When the file cannot be read or is not one.
    """
    section = design.file.life
    if section.duty is None:
        duty = default_duty()
    else:
        path = Path(design.where).parent / section.duty
        if not path.is_file():
            raise InputError(
                f"there is no file {section.duty!r}", f"{design.where}: life.duty", "paths are relative to the design file"
            )
        duty = read_duty(path)
    return duty if section.years is None else replace(duty, years=section.years)
