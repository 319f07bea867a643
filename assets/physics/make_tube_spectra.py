#!/usr/bin/env python3
"""Writes tube_spectra.csv: spectra of a tungsten anode at 12 degrees behind 2.5 mm aluminium, 40-150 kV by 5 kV.

Needs SpekPy 2.5.3 (MIT licence) with NumPy 1.x:  pip install 'numpy<2' spekpy==2.5.3
Run it only to change the table; the program is built from the table that stands beside it:

    python3 make_tube_spectra.py > tube_spectra.csv
"""
import spekpy

VOLTAGES_KV = range(40, 151, 5)
ANODE_DEGREES = 12
ALUMINIUM_MM = 2.5
DISTANCE_CM = 100
BIN_KEV = 1
LOWEST_KEV = 5.5
DARK = 1e-4  # fewer photons per mm2, keV and mAs count as none

HEADER = """\
# Tube spectra: photons/(mm2 keV mAs) at 1 m on the central ray, vacuum path, tungsten anode at 12 degrees, constant
# potential, behind 2.5 mm aluminium (the tube's total equivalent filtration). energy_keV is the centre of a 1 keV bin.
# Made by make_tube_spectra.py with SpekPy 2.5.3 (MIT licence), physics model casim:
# G. Poludniowski, A. Omar, R. Bujila, P. Andreo, SpekPy v2.0 - a software toolkit for modeling x-ray tube spectra,
# Med Phys 48 (2021) 3630-3637, doi 10.1002/mp.14945."""


def spectrum(kilovolt):
    """Photons per mm2, keV and mAs by bin centre in keV."""
    beam = spekpy.Spek(kvp=kilovolt, th=ANODE_DEGREES, dk=BIN_KEV, z=DISTANCE_CM, physics="casim")
    beam.filter("Al", ALUMINIUM_MM)
    energies, fluence_per_cm2 = beam.get_spectrum(edges=False, flu=True, diff=True)
    return dict(zip((round(float(e), 1) for e in energies), (float(f) / 100 for f in fluence_per_cm2)))


def main():
    columns = [spectrum(kilovolt) for kilovolt in VOLTAGES_KV]
    print(HEADER)
    print(",".join(["energy_keV"] + [f"kV{kilovolt}" for kilovolt in VOLTAGES_KV]))
    energy = LOWEST_KEV
    while energy < max(VOLTAGES_KV):
        values = (column.get(energy, 0.0) for column in columns)
        print(",".join([f"{energy:g}"] + [f"{value:.4e}" if value > DARK else "0" for value in values]))
        energy += BIN_KEV


if __name__ == "__main__":
    main()
