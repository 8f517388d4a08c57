"""The folders and files of one study on disk. The only module that joins paths.

inbox/<group>/…   researchers drop recordings here; only receipts (*.vuoro.txt) are written
                  (mode 0700, or the team's by a setting)
private/          all that can identify a person (mode 0700)
private/format    the format of the study, a number
quarantine/       recordings that could not be used, each with its reason (mode 0700)
dataset/          what may be shared: pseudonyms only
codebooks/        codes for thematic analysis
vuoro.toml        settings of this study
"""

from __future__ import annotations

import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import StudyError
from pipeline.storage.borders.text import clean, data_in, text_in
from pipeline.storage.disk import os_errors, write_atomically

if TYPE_CHECKING:  # importing settings takes longer than all else that `--help` needs
    from pipeline.settings import IntakeSettings, Settings

MAX_TERMS = 5_000  # of a glossary
MAX_TERM = 200  # characters
FORMAT = 2
"""The format of a study. It goes up when an earlier vuoro would misread what this one writes."""
FIRST_FORMAT = 1  # of vuoro 0.1.0, which wrote no number
EARLIER = (
    "This study was made by an earlier version of vuoro. `vuoro run` processes its recordings "
    "again, once. Decisions, corrections, rosters and pseudonyms are kept."
)


@dataclass(frozen=True, slots=True)
class Study:
    """The folders and files of one study, all below ``root``."""

    root: Path

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def private(self) -> Path:
        return self.root / "private"

    @property
    def recordings(self) -> Path:
        """One folder a session: the original file and ``recording.json``."""
        return self.private / "recordings"

    @property
    def digests(self) -> Path:
        """Which session has which content: a file a digest."""
        return self.private / "digests"

    @property
    def fingerprints(self) -> Path:
        """Fingerprints by which a sound is recognised in another form."""
        return self.private / "fingerprints"

    @property
    def references(self) -> Path:
        """Which recordings were taken in and stay in the inbox."""
        return self.private / "references"

    @property
    def inbox_file(self) -> Path:
        """How the files of the inbox looked at the last check."""
        return self.private / "inbox.json"

    @property
    def correction_file(self) -> Path:
        """The session that is being given another id."""
        return self.private / "correction.json"

    @property
    def stages(self) -> Path:
        """The store of stage results."""
        return self.private / "stages"

    @property
    def clips(self) -> Path:
        return self.private / "clips"

    @property
    def rosters(self) -> Path:
        """Who is in each group, and who has consented: one file a group."""
        return self.private / "rosters"

    @property
    def voices(self) -> Path:
        """Voice samples that rosters name."""
        return self.private / "voices"

    @property
    def people(self) -> Path:
        """The people of each group, and decisions about them."""
        return self.private / "people"

    @property
    def people_decisions(self) -> Path:
        """Human decisions about whose a voice is, one a line."""
        return self.people / "decisions.jsonl"

    @property
    def edits(self) -> Path:
        """What a human corrected in the turns, a file a session."""
        return self.private / "edits"

    @property
    def guide_file(self) -> Path:
        """The questions of the study's interviews, one a line."""
        return self.private / "interview_guide.txt"

    @property
    def guides(self) -> Path:
        """The interview questions of groups whose questions differ from the study's."""
        return self.private / "guides"

    @property
    def withdrawn_file(self) -> Path:
        """Who has withdrawn: pseudonyms and digests, nothing of what was said."""
        return self.private / "withdrawn.json"

    @property
    def groups_file(self) -> Path:
        """Which inbox folder is which group."""
        return self.private / "groups.json"

    @property
    def key_file(self) -> Path:
        """Which name is which pseudonym, encrypted."""
        return self.private / "names.key"

    @property
    def marks_file(self) -> Path:
        """Counts of the files that must never go back to an older state."""
        return self.private / "marks.json"

    @property
    def glossary_file(self) -> Path:
        """Names and terms that are likely to be said, one a line."""
        return self.private / "glossary.txt"

    def glossary(self) -> list[str]:
        """The terms of the glossary; [] if there is none. Lines that begin with # are skipped.

        Raises StudyError if the file is not a list of terms in UTF-8, UnreadableError if it cannot
        be read.
        """
        if not self.glossary_file.exists():
            return []
        subject = "The glossary, private/glossary.txt,"
        text = text_in(data_in(self.glossary_file, subject), subject)
        terms = {term for line in text.splitlines() if (term := clean(line)) and term[0] != "#"}
        if len(terms) > MAX_TERMS:
            raise StudyError(
                f"{subject} holds more than {MAX_TERMS} terms.",
                "Keep those that are likely to be said, one a line.",
            )
        if any(len(term) > MAX_TERM for term in terms):
            raise StudyError(f"{subject} holds a line that is no term.", "Write one term a line.")
        return sorted(terms)

    @property
    def accepted_file(self) -> Path:
        """Which sessions a person has checked and accepted as they are."""
        return self.private / "accepted.jsonl"

    @property
    def audit(self) -> Path:
        """What was replaced where, a file a session; no originals."""
        return self.private / "audit"

    @property
    def notebooks(self) -> Path:
        """The researchers' own analyses."""
        return self.root / "notebooks"

    @property
    def exports(self) -> Path:
        """The data set in other programs' formats."""
        return self.root / "exports"

    @property
    def reports(self) -> Path:
        """Pages to read in a browser."""
        return self.root / "reports"

    @property
    def leases(self) -> Path:
        """Which process is working on what."""
        return self.private / "leases"

    @property
    def states(self) -> Path:
        """The state of each session that is not finished."""
        return self.private / "state"

    @property
    def documented_file(self) -> Path:
        """How the data set looked when people and documents were last written."""
        return self.private / "documented"

    @property
    def prefect_home(self) -> Path:
        return self.private / "prefect"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def dataset(self) -> Path:
        return self.root / "dataset"

    @property
    def codebooks(self) -> Path:
        return self.root / "codebooks"

    @property
    def settings_file(self) -> Path:
        from pipeline.settings.file import NAME

        return self.root / NAME

    @property
    def format_file(self) -> Path:
        """The number of the study's format."""
        return self.private / "format"

    @property
    def format(self) -> int:
        """The format of the study. Raises StudyError if its file is damaged."""
        from pipeline.storage.json_files import read_json

        return read_json(self.format_file, int) or FIRST_FORMAT

    def bring_up_to_date(self) -> bool:
        """Bring the study to the present format; False if it has it already. Raises TransientError.

        A study of format 1 is read as it is; its results are computed again.
        """
        if self.format == FORMAT:
            return False
        with os_errors("noting the format of the study"):
            write_atomically(self.format_file, f"{FORMAT}\n".encode(), 0o600)
        return True

    def protect(self, settings: IntakeSettings) -> None:
        """Let only the owner open what identifies people, and the team the inbox if so set.

        Does nothing on a file system without such permissions.
        """
        of_inbox = 0o2770 if settings.inbox == "team" else 0o700
        wanted = {self.private: 0o700, self.quarantine: 0o700, self.inbox: of_inbox}
        for folder, mode in wanted.items():
            with suppress(OSError):
                if stat.S_IMODE(folder.stat().st_mode) != mode:
                    folder.chmod(mode)

    def settings(self) -> Settings:
        """The study's settings; see ``settings.file``."""
        from pipeline.settings.file import load

        return load(self.settings_file)

    @property
    def settings_log(self) -> Path:
        """The settings with which the data set was made, one line for each set of values."""
        return self.private / "settings.jsonl"

    @property
    def exists(self) -> bool:
        """Whether the folder is a study."""
        try:
            return self.settings_file.is_file() and self.private.is_dir()
        except OSError:  # a parent folder that this user may not read
            return False


def create(root: Path) -> Study:
    """Create a study at ``root``, or complete one that lacks a folder. Overwrites nothing.

    Raises TransientError if the folder cannot be written.
    """
    from pipeline.settings.file import as_toml

    study = Study(root.expanduser().resolve())
    with os_errors("making the study"):
        is_new = not study.settings_file.exists()
        for folder in (study.inbox, study.quarantine, study.dataset, study.codebooks):
            folder.mkdir(parents=True, exist_ok=True)
        study.private.mkdir(mode=0o700, exist_ok=True)
        for folder in (study.recordings, study.stages):
            folder.mkdir(exist_ok=True)
        if is_new:
            study.bring_up_to_date()
            study.settings_file.write_text(as_toml(), encoding="utf-8")
    study.protect(study.settings().intake)
    return study


def open_study(root: Path) -> Study:
    """The study at ``root``.

    Raises StudyError if there is none, or if a later version of vuoro created it.
    """
    study = Study(root.expanduser().resolve())
    if not study.exists:
        raise StudyError(
            f"'{root}' is not a study.",
            f"Create one with `vuoro init {root}`, or set VUORO_STUDY.",
        )
    if study.format > FORMAT:
        raise StudyError(
            f"This study was made by a later version of vuoro (format {study.format}; this one "
            f"reads up to {FORMAT}).",
            "Install the latest version of vuoro.",
        )
    return study


def nearest(folder: Path) -> Path | None:
    """This folder, or the nearest above it, that is a study."""
    return next((each for each in (folder, *folder.parents) if Study(each).exists), None)
