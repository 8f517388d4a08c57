"""Every check of a release on the files that would be released."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.dataset import datasheet, files
from pipeline.dataset.methods import SettingsByDigest
from pipeline.dataset.summary import summarise
from pipeline.dataset.validate import examine
from pipeline.errors import DatasetError
from pipeline.people.roster.unconsented import Unconsented
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.records.ids import LabelLanguage, numbered_pseudonyms, pseudonym
from pipeline.release.biometrics import voice_prints
from pipeline.release.coarse import categories
from pipeline.release.contents import DATASET, EXTRAS, files_of
from pipeline.release.dates import has_date
from pipeline.release.detectors import Detect, unjudged
from pipeline.release.needles import Needles
from pipeline.release.places import Listing, Passage, Place, Unreadable
from pipeline.release.reading import lines, passages
from pipeline.release.small_cells import SmallCells
from pipeline.storage.disk import os_errors
from pipeline.tables import TABLES

Progress = Callable[[str, int, int], None]  # current check, number done, total

_OWN_PARTS = frozenset({DATASET, *EXTRAS, *TABLES, "dictionary.csv", "DATASHEET.md"})
_OWN_FILE = re.compile(r"[A-Z]\d+(-[A-Z]\d+)?\.parquet")
_OFFICE_PROPERTIES = "docProps/"  # date of the file, not of a session


@dataclass(slots=True)
class Examination:
    """An examination of a folder to be released. ``counts`` says how much was examined.

    ``settings`` are the values behind the digests in the tables, which the data sheet names.
    """

    folder: Path
    table: EntityTable
    needles: Needles
    labels: LabelLanguage
    settings: SettingsByDigest
    progress: Progress
    listing: Listing = field(default_factory=Listing)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def dataset(self) -> Path:
        return self.folder / DATASET

    def validity(self) -> bool:
        """Whether the data set matches its declaration; deviations are noted."""
        report = examine(self.dataset)
        self.counts["rows of tables"] = sum(report.n_rows.values())
        for problem in report.problems:
            file = f"{DATASET}/{problem.table}/{self.needles.shown(problem.file)}"
            quotes = self.needles.find(Passage(Place(file), problem.message, "label"))
            message = "it breaks the declaration of its table" if quotes else problem.message
            self.listing.add("validity", Place(file), message)
        return not report.problems

    def texts(self, *, coarse: bool, allow_dates: bool) -> None:
        """Examine every text of every file, and every file's name."""
        found = files_of(self.folder)
        own = self._own_texts()
        for number, file in enumerate(found):
            self.progress("reading files", number, len(found))
            relative = file.relative_to(self.folder)
            shown_file = "/".join(map(self._shown_part, relative.parts))
            self.counts["files"] += 1
            for passage in self._passages(file, relative, shown_file):
                self.counts["texts"] += 1
                if passage.text not in own.get(relative.as_posix(), ()):
                    self._look(passage, coarse=coarse, allow_dates=allow_dates)
        if coarse:
            for category, entity in categories(self.table.judged).items():
                place = Place("category", f"of {pseudonym(*entity.id, self.labels)}")
                self._look(Passage(place, category), coarse=coarse, allow_dates=allow_dates)
        self.progress("reading files", len(found), len(found))

    def detectors(self, detect: Detect) -> None:
        """Search names again, as in a session that has not been masked."""
        sessions = [file.stem for file in files.files(self.dataset, "sessions")]
        for number, session_id in enumerate(sessions):
            self.progress("searching for names again", number, len(sessions))
            self.counts["sessions searched for names again"] += 1
            for place, what in unjudged(
                self.dataset, session_id, self.table, self.needles, detect, self.labels
            ):
                self.listing.add("detectors", place, what)
        self.progress("searching for names again", len(sessions), len(sessions))

    def reviewed(self, judged: Mapping[str, bool], *, required: bool) -> bool:
        """Whether people have judged everything that was found in every session of the data set."""
        sessions = [file.stem for file in files.files(self.dataset, "sessions")]
        waiting = [session for session in sessions if not judged.get(session, False)]
        self.counts["sessions reviewed"] = len(sessions) - len(waiting)
        for session in waiting if required else ():
            place = Place(f"session {self.needles.shown(session)}")
            self.listing.add("reviewed", place, "not everything found in it has been judged")
        return not waiting

    def consent(self, people: Iterable[Unconsented], waiting: Collection[str]) -> None:
        """Report everyone who speaks, or may speak, without consent, as a reason to refuse.

        So are sessions ``waiting`` to be built again: it is not certain whose talk their rows are.
        """
        sessions = [file.stem for file in files.files(self.dataset, "sessions")]
        for session in sessions:
            place = Place(f"session {self.needles.shown(session)}")
            for each in people:
                if session in each.sessions:
                    speaks = "speaks" if session in each.speaks_in else "may speak"
                    self.listing.add("consent", place, f"{each.who} {each.state} and {speaks} here")
            if session in waiting:
                what = "who speaks here is not sure until `vuoro build` has run"
                self.listing.add("consent", place, what)

    def rosters(self) -> None:
        """Count the people who speak though no roster says whether they have consented."""
        people = [
            row for f in files.files(self.dataset, "people") for row in files.read(f).to_pylist()
        ]
        named = {row["person_id"] for row in people if row["identity"] == "roster"}
        speaking = {row["person_id"] for row in people if row["n_sessions"]}
        self.counts["people who speak and are in no roster"] = len(speaking - named)

    def small_cells(self, cells: SmallCells) -> None:
        """Report everyone who stands out as a reason to refuse."""
        for cell in (*cells.alone, *cells.rare):
            what = f"{', '.join(cell.person_ids)}: few or no others with the same "
            self.listing.add("small_cells", Place("dataset"), what + ", ".join(cell.columns))

    def _passages(self, file: Path, relative: Path, shown_file: str) -> Iterator[Passage]:
        for part in relative.parts:
            if not _is_own(part):
                kind = "name of the file" if part == relative.name else "name of a folder"
                yield Passage(Place(shown_file, kind), part, "label")
        try:
            with os_errors("reading what would be released"):
                for place in voice_prints(file, shown_file, self.needles.shown):
                    self.listing.add("voice_prints", place, "a voice print, or called as if")
                yield from passages(file, shown_file, self.needles.shown)
        except Unreadable as error:
            self.listing.add("readable", Place(shown_file), error.what)

    def _look(self, passage: Passage, *, coarse: bool, allow_dates: bool) -> None:
        for whose in self.needles.find(passage):
            self.listing.add("names", passage.place, f"should be {whose}")
        for id in numbered_pseudonyms(passage.text):
            if coarse:
                self.listing.add("pseudonyms", passage.place, "a numbered pseudonym")
            elif self.table.entity(id) is None:
                shown = pseudonym(*id, self.labels)
                self.listing.add("pseudonyms", passage.place, f"the key has no {shown}")
        if _OFFICE_PROPERTIES not in passage.place.part and has_date(
            passage.text, talk=passage.kind == "talk"
        ):
            self.counts["texts with a date"] += 1
            if not allow_dates:
                self.listing.add("dates", passage.place, "an absolute date")

    def _own_texts(self) -> dict[str, frozenset[str]]:
        """Return what vuoro itself writes into the data set's documents: it concerns no person."""
        try:
            sheet = datasheet.datasheet(summarise(self.dataset), self.settings).encode()
        except DatasetError:  # damaged: then every line is examined
            return {}
        written = {"dictionary.csv": datasheet.dictionary_csv(), "DATASHEET.md": sheet}
        return {
            f"{DATASET}/{name}": frozenset(p.text for p in lines(data, Place(name)))
            for name, data in written.items()
        }

    def _shown_part(self, part: str) -> str:
        return part if _is_own(part) else self.needles.shown(part)


def _is_own(part: str) -> bool:
    """Whether vuoro itself gave this name to a file or folder."""
    return part in _OWN_PARTS or _OWN_FILE.fullmatch(part) is not None
