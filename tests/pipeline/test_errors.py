"""The exception tree: pickles whole, says what to do, and keeps file names to itself."""

import pickle

import pytest

from pipeline import errors
from pipeline.errors import DiskFullError, NoAudioError, UnreadableError, VuoroError, from_os_error


def kinds(base: type[VuoroError] = VuoroError) -> list[type[VuoroError]]:
    return [base, *(kind for child in base.__subclasses__() for kind in kinds(child))]


@pytest.mark.parametrize(
    "kind", kinds(errors.RecordingError)[1:] + kinds(errors.TransientError)[1:]
)
def test_every_error_of_a_recording_has_a_remedy(kind: type[VuoroError]) -> None:
    assert kind("Something is wrong.").remedy


def test_the_tree_in_the_module_text_is_the_tree() -> None:
    for kind in kinds():
        if kind.__module__ == errors.__name__:
            assert kind.__name__ in (errors.__doc__ or "")


def test_errors_pass_between_processes_whole() -> None:
    error = pickle.loads(pickle.dumps(NoAudioError("No sound.", "Export it.")))
    assert (type(error), str(error)) == (NoAudioError, "No sound. Export it.")


def test_operating_system_errors_lose_their_file_names() -> None:
    full = from_os_error(OSError(28, "No space left", "/x/Marjatta.wav"), "writing")
    locked = from_os_error(PermissionError(13, "Permission denied", "/x/Marjatta.wav"), "reading")
    assert isinstance(full, DiskFullError) and isinstance(locked, UnreadableError)
    assert "Marjatta" not in str(full) + str(locked)
    assert "EACCES" in str(locked)
