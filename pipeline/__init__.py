"""vuoro: recordings of group sessions into anonymised, turn-level data sets.

The data's way, one module a stage:

    intake → audio → diarise → transcribe → assemble → identify → pseudonymise → publish

Nothing in this package imports Prefect; ``flows`` runs it.
"""

from pipeline import environment

__version__ = "0.2.0"

environment.prepare()
