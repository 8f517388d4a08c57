"""The models: which exist, and where they are on this machine."""

from pipeline import environment

environment.prepare()
