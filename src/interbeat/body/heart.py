"""Heart: what differs between the hearts, nerves and vessels of people."""

from __future__ import annotations

from dataclasses import dataclass

from interbeat.body.parameters import Organ, parameter
from interbeat.core.errors import DataError

__all__ = ["Heart"]


@dataclass(frozen=True, slots=True)
class Heart(Organ):
    """Parameters of the heart, its nerves and the vessels."""

    # The sinus node.
    intrinsic_rate: float = parameter(
        118.1, "bpm", "at age 0: Jose & Collison 1970", spread=0.08, least=70.0, most=180.0
    )
    intrinsic_slope: float = parameter(
        0.57, "bpm/year", "Jose & Collison 1970", least=0.0, most=1.0
    )
    resting_rate: float = parameter(
        65.0, "bpm", "Nunan 2010: 926 ms", spread=0.10, least=38.0, most=110.0
    )
    sympathetic_gain: float = parameter(
        0.12, "1", "101 over 111 bpm: Nyberg 1981 gives 25 % of displacement; assumed",
        spread=0.3, most=0.6,
    )  # fmt: skip
    least_vagal_gain: float = parameter(
        0.15, "1", "what the vagus at rest adds to the interval at least; assumed", least=0.01
    )
    fastest_rate: float = parameter(
        208.0, "bpm", "at age 0: Tanaka 2001", spread=0.04, least=150.0, most=240.0
    )
    fastest_slope: float = parameter(0.7, "bpm/year", "Tanaka 2001", most=1.0)
    # The vagus.
    vagal_delay: float = parameter(
        0.25,
        "s",
        "Eckberg 1976: 0.24; Borst & Karemaker 1983: 0.5 to 0.6",
        least=0.05,
        most=1.0,
    )
    vagal_lag: float = parameter(
        1.65, "s", "Hirsch & Bishop 1981: corner at 7.2/min is 1.33; fitted to it with reflex",
        spread=0.15, least=0.3, most=4.0,
    )  # fmt: skip
    gate: float = parameter(
        0.74, "1/L", "share of vagal outflow; multiplies it: Eckberg 2003; size and spread "
        "fitted to Nunan 2010", spread=0.46, most=3.0,
    )  # fmt: skip
    vagal_reflex: float = parameter(
        0.039, "1/mmHg", "Kotani 2005: 0.036; fitted to Joseph 2005", spread=0.2, most=0.2
    )
    reflex_ageing: float = parameter(
        0.018, "1/year", "by what share the vagal reflex falls; Tank 2000: lower limit of ln "
        "BRS falls by 0.028, part of it with the restraint of the vagus", most=0.05,
    )  # fmt: skip
    reflex_age: float = parameter(
        35.0, "year", "at which the vagal reflex is what it is here", least=18.0, most=100.0
    )
    vagal_cold: float = parameter(
        0.7, "1", "share that a cold face adds: fitted to Paulev 1990: 22 % slower",
        spread=0.3, most=3.0,
    )  # fmt: skip
    vagal_wander: float = parameter(
        0.15, "1", "sd of log of slow variability: fitted to Nunan 2010", spread=0.3,
        most=0.6,
    )  # fmt: skip
    # The cardiac sympathetic nerve.
    sympathetic_delay: float = parameter(1.7, "s", "Berger 1989", least=0.3, most=5.0)
    nerve_lag: float = parameter(
        2.0, "s", "Mokrane & Nadeau 1998: 1 to 2", least=0.3, most=10.0
    )
    release_lag: float = parameter(
        9.0, "s", "noradrenaline at the node: Mokrane & Nadeau 1998", least=1.0, most=30.0
    )
    sympathetic_reflex: float = parameter(0.02, "1/mmHg", "assumed", spread=0.3, most=0.1)
    sympathetic_wander: float = parameter(0.22, "1", "as vagal_wander", spread=0.3, most=0.6)
    # Pressure and vessels.
    systolic: float = parameter(
        116.0, "mmHg", "at rest; textbook", spread=0.08, least=80.0, most=220.0
    )
    pulse_pressure: float = parameter(
        42.0, "mmHg", "at rest; textbook", spread=0.12, least=20.0, most=75.0
    )
    ground: float = parameter(25.0, "mmHg", "to which pressure runs off; assumed", most=40.0)
    filling: float = parameter(
        37.0, "mmHg/s", "between restitution (DeBoer 1987: 16) and constant output (45): "
        "fitted to Hirsch & Bishop 1981", most=60.0,
    )  # fmt: skip
    suction: float = parameter(
        10.0, "mmHg s/L", "pulse pressure falls with -dV/dt: Saul 1991; fitted to Joseph 2005",
        spread=0.2, most=30.0,
    )  # fmt: skip
    suction_posture: float = parameter(
        0.3, "1", "share that standing adds: Saul 1991; size assumed", most=5.0
    )
    reflex_range: float = parameter(
        18.0, "mmHg", "DeBoer 1987; Heldt 2004", least=5.0, most=50.0
    )
    adaptation: float = parameter(
        0.4, "s", "of the baroreceptors; assumed", least=0.05, most=3.0
    )
    vessel_delay: float = parameter(
        2.2,
        "s",
        "Borst & Karemaker 1983: 2 to 3; fitted to waves near 0.1 Hz",
        least=1.0,
        most=5.0,
    )
    vessel_lag: float = parameter(
        1.5, "s", "Kotani 2005: uptake 2; fitted to waves near 0.1 Hz", least=0.5, most=10.0
    )
    vessel_reflex: float = parameter(
        0.038, "1/mmHg", "fitted to Hirsch & Bishop 1981", spread=0.15, most=0.3
    )
    resistance: float = parameter(0.4, "1", "how far vessels follow; assumed", most=1.0)
    vessel_noise: float = parameter(
        0.155,
        "1",
        "of the outflow to the vessels: fitted to Nunan 2010",
        spread=0.25,
        most=0.6,
    )
    vessel_deepening: float = parameter(
        0.40, "1/L", "share that deeper breaths take: Seals 1993; size fitted to Joseph 2005",
        most=1.0,
    )  # fmt: skip
    reset_deepening: float = parameter(
        11.0, "mmHg/L", "by which deeper breaths lower the pressure that is kept; fitted to "
        "Joseph 2005 with a heart rate that stays: Shao 2024", most=20.0,
    )  # fmt: skip
    vessel_chemo: float = parameter(
        0.02, "1/mmHg", "share that carbon dioxide adds; assumed", most=0.2
    )
    chemo_silence: float = parameter(
        5.0, "mmHg", "below rest, where carbon dioxide is no longer heeded; assumed", most=20.0
    )
    vessel_threat: float = parameter(
        0.25, "1", "share that threat 1 adds; assumed", spread=0.3, most=3.0
    )
    vessel_safety: float = parameter(0.05, "1", "share that safety 1 takes; assumed", most=0.5)
    vessel_cold: float = parameter(
        0.4, "1", "share that a cold face adds: pressure rises; assumed", spread=0.3, most=3.0
    )
    vessel_noise_lag: float = parameter(1.0, "s", "assumed", least=0.1, most=10.0)
    # What moves the outflows.
    vagal_threat: float = parameter(
        0.30, "1", "share that threat 1 takes: fitted with the next to +7 bpm of a stressor",
        spread=0.3, most=0.95,
    )  # fmt: skip
    sympathetic_threat: float = parameter(
        0.73, "1", "share that threat 1 adds: fitted with vagal_threat",
        spread=0.3, most=20.0,
    )  # fmt: skip
    vagal_safety: float = parameter(0.15, "1", "share that safety 1 adds; assumed", most=1.0)
    sympathetic_safety: float = parameter(
        0.15, "1", "share taken by safety 1; assumed", most=1.0
    )
    vagal_immobility: float = parameter(
        0.6, "1", "share that immobility 1 adds: fear bradycardia; size assumed", most=3.0
    )
    vagal_movement: float = parameter(
        0.6, "1", "share that movement 1 takes; assumed", most=1.0
    )
    sympathetic_movement: float = parameter(
        2.0, "1", "share added by movement 1; assumed", most=20.0
    )
    vagal_posture: float = parameter(
        0.45, "1", "share that standing takes: fitted to Sharma 2010", spread=0.2, most=0.95
    )
    sympathetic_posture: float = parameter(
        0.35, "1", "share that standing adds: fitted to Sharma 2010", spread=0.3, most=10.0
    )
    vessel_posture: float = parameter(
        1.5, "1", "share that standing adds: fitted to Sharma 2010", most=5.0
    )
    preload_posture: float = parameter(
        0.27,
        "1",
        "share of pulse pressure that standing takes: fitted to Sharma 2010",
        most=0.8,
    )
    column: float = parameter(
        4.0, "mmHg", "from heart to carotid sinus, standing: fitted to Sharma 2010", most=25.0
    )
    # What lets pressure rise where more is asked of the body; nothing of it moves a beat.
    contraction_threat: float = parameter(
        0.2, "1", "share by which threat 1 raises pressure, the reflex being reset: fitted to "
        "12 mmHg (Forsman & Lindblad 1983) to 24 (Grewen 2003)", spread=0.3, most=1.0,
    )  # fmt: skip
    contraction_movement: float = parameter(
        0.4, "1", "share by which movement 1 raises systolic pressure, the reflex being reset: "
        "about 10 mmHg for 10 to 12 bpm; textbook", spread=0.3, most=1.0,
    )  # fmt: skip
    contraction_lag: float = parameter(
        8.0, "s", "elastance of the ventricles: Ursino 1998", least=0.5, most=60.0
    )

    def __post_init__(self) -> None:
        Organ.__post_init__(self)
        low = self.systolic - self.pulse_pressure
        if low <= self.ground:
            raise DataError(
                f"systolic less pulse pressure is above {self.ground:g} mmHg, to which "
                f"pressure runs off, not {low:g} mmHg"
            )
