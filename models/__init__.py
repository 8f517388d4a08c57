"""The models: which there are, and where they are on this machine."""

from pipeline import environment

environment.prepare()
