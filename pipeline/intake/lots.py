"""Which files of the inbox belong to one session: parts, chapters, restarted recordings.

Certain are: what a session.yaml says, names that count parts from the first to the last, and a
recording that began minutes after the end of another of the same name and day. A person is asked
about files that only may belong together; a separate number in a session.yaml answers.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias, TypeVar

from pipeline.errors import HoldError, PartsError, VuoroError
from pipeline.intake import sidecar
from pipeline.intake.groups import known_group
from pipeline.intake.sidecar import Declared
from pipeline.intake.start_times import gap_s, length_s
from pipeline.intake.waiting import group_folder
from pipeline.records import Recording
from pipeline.storage.disk import files_in
from pipeline.study import Study
from pipeline.study.accepted import PART_PREFIX, original, readable
from pipeline.study.file_dates import Moment
from pipeline.study.file_names import folded, moment_of, said_number, session_kind, stem, suffix
from pipeline.study.file_parts import Part, base_of, original_of, part_in
from pipeline.texts import Text

OVERLAP_S = 60.0  # names may give minutes only
JOINED_WITHIN_S = 30 * 60.0  # a restart this soon is the same meeting
ASKED_WITHIN_S = 3 * 3600.0
CHAPTER_WITHIN_S = 5.0  # cameras that cut a recording lose next to nothing in between

_NOT_ALL = Text("This is a part of a session in several files, and not all of them are here.")
_UNSURE = Text("This recording and one beside it may be parts of one session.")
_SAME_NUMBER = Text("The name of a recording beside this one gives the same number.")
_HOW = Text(
    "Put the parts of one session into a folder beside them whose name ends in parts, such as "
    "`meeting 1 parts`. If this is a session of its own, say so in a file beside it, named like it "
    "and ending in .session.yaml: `number: 3`."
)
_LATE = Text(
    "If so, say it in a file beside it, named like it and ending in .session.yaml: "
    "`number: {number}` and, on the next line, `part: 2`. If it is a session of its own, give "
    "another number and no part."
)

T = TypeVar("T")
_After: TypeAlias = "Callable[[_File, _File], bool | None]"  # None: it does not continue it
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Lot:
    """Files of the inbox that become one session: one file, or its parts in order.

    ``gapless``: a device cut one recording into these. ``is_copy``: it looks like a copy of
    another recording. ``question`` is what a person must answer first.
    """

    files: tuple[Path, ...]
    gapless: bool = False
    is_copy: bool = False
    question: HoldError | None = None


@dataclass(frozen=True, slots=True)
class _File:
    """A file with what its name says."""

    path: Path
    stem: str
    suffix: str
    moment: Moment | None
    part: Part | None

    @staticmethod
    def of(path: Path, name: str = "") -> _File:
        name = name or path.name
        bare = folded(stem(name))
        return _File(path, bare, suffix(name), moment_of(name), part_in(bare))

    @property
    def day(self) -> str:
        return self.moment.date if self.moment else ""

    def numbered(self, *styles: str) -> Part | None:
        """What the name says of its part, if it is said in one of these ways."""
        return self.part if self.part and self.part.style in styles else None


def lots(study: Study, files: Sequence[Path]) -> list[Lot]:
    """The inbox files grouped by the sessions they become, in the order of their first files.

    Raises StudyError if a record of the study is damaged, TransientError.
    """
    order = {file: number for number, file in enumerate(files)}
    found = [
        lot
        for folder, beside in _by(files, lambda file: file.parent).items()
        for lot in _Folder(study, folder, beside).lots()
    ]
    return sorted(found, key=lambda lot: (lot.is_copy, min(order[file] for file in lot.files)))


class _Folder:
    """The recordings in one folder, handed out lot by lot."""

    def __init__(self, study: Study, folder: Path, files: Iterable[Path]) -> None:
        self._study, self._folder = study, folder
        self._left = [_File.of(file) for file in files]
        self._was: list[tuple[Recording, _File]] | None = None

    def lots(self) -> Iterator[Lot]:
        yield from self._own()
        yield from self._copies()
        yield from self._parts()
        yield from self._split()
        yield from self._begun_again()
        yield from self._counted()
        yield from self._of_one_number()
        yield from map(_alone, self._left)

    def _take(self, files: Iterable[_File]) -> list[_File]:
        given = [*files]
        self._left = [file for file in self._left if file not in given]
        return given

    def _own(self) -> Iterator[Lot]:
        """Files that a person described one by one, and folders, which are complete."""
        said = {file: _said(file.path) for file in self._left}
        parts = {file: each for file, each in said.items() if each.part is not None}
        whole = (file for file in said if file.path.is_dir())
        alone = (f for f, each in said.items() if each.alone and each.number and f not in parts)
        yield from map(_alone, self._take([*whole, *alone]))
        for group in _by(parts, lambda file: (parts[file].number, parts[file].kind)).values():
            self._take(group)
            group.sort(key=lambda file: parts[file].part or 0)
            numbers = [parts[file].part or 0 for file in group]
            if numbers[0] > 1:  # of an existing session
                yield from map(_alone, group)
            else:
                are_all = numbers == _counting(1, numbers)
                yield _joined(group) if are_all else _asked(group, _NOT_ALL)

    def _copies(self) -> Iterator[Lot]:
        names = {(file.stem, file.suffix) for file in self._left}
        for file in [*self._left]:
            found = original_of(file.stem)
            if found is None:
                continue
            of, is_sure = found
            if is_sure or (of, file.suffix) in names or self._took(of, file.suffix):
                self._take([file])
                yield Lot((file.path,), is_copy=True)

    def _took(self, stem: str, suffix: str) -> bool:
        return any((was.stem, was.suffix) == (stem, suffix) for _, was in self._taken)

    def _parts(self) -> Iterator[Lot]:
        """Files whose names count parts; the first may be named as if it were the whole."""
        named = [file for file in self._left if file.numbered("part")]
        for (base, day), group in _by(named, _base).items():
            plain = [
                f for f in self._left if not f.part and (base_of(f.stem), f.day) == (base, day)
            ]
            of_suffix = [*_by([*group, *plain], lambda file: file.suffix).values()]
            sets = of_suffix if all(map(_is_whole, of_suffix)) else [[*group, *plain]]
            for files in sets:
                self._take(files)
                files.sort(key=_number)
                yield _joined(files) if _is_whole(files) else _asked(files, _NOT_ALL)

    def _split(self) -> Iterator[Lot]:
        """Files cut by a camera or recorder, or distinguished by a letter; only if several."""
        for style, first in (("chapter", (0, 1)), ("letter", (1,)), ("split", (1,))):
            named = [file for file in self._left if file.numbered(style)]
            for key, group in _by(named, lambda file: (*_base(file), file.suffix)).items():
                group.sort(key=_number)
                plain = [
                    file
                    for file in self._left
                    if not file.numbered("part", "letter", "split", "chapter")
                    and (base_of(file.stem), file.day, file.suffix) == key
                ]
                files, numbers = [*plain, *group], [*map(_number, group)]
                if style == "split":  # the first has no number, the next is 1 or 2
                    is_whole = bool(plain) and numbers in (_counting(n, numbers) for n in (1, 2))
                else:
                    numbers = [1] * len(plain) + numbers
                    is_whole = len(files) > 1 and numbers in (_counting(n, numbers) for n in first)
                if is_whole and style == "letter":
                    yield _asked(self._take(files), _UNSURE)
                elif is_whole:
                    yield _joined(self._take(files), gapless=True)
                elif style == "chapter" and not (len(files) == 1 and numbers[0] in first):
                    yield _asked(
                        self._take(files),
                        Text(
                            "A camera cut a recording into chapters, and not all of them are here."
                        ),
                    )

    def _begun_again(self) -> Iterator[Lot]:
        """Recordings of one name and day whose times of day show that one continues another."""
        timed = [f for f in self._left if f.moment and f.moment.time_s is not None]
        for group in _by(timed, lambda f: (base_of(f.stem), f.day, f.suffix)).values():
            group.sort(key=lambda file: file.moment.order if file.moment else "")
            yield from self._chained(group, _after_by_name, _UNSURE)

    def _counted(self) -> Iterator[Lot]:
        """Files that a camera numbered in order: its times distinguish chapters from sessions."""
        named = [file for file in self._left if file.numbered("counter")]
        for group in _by(named, lambda file: (*_base(file), file.suffix)).values():
            group.sort(key=_number)
            what = Text("A camera may have cut one session into these recordings.")
            yield from self._chained(group, _after_by_count, what, gapless=True)

    def _chained(
        self, files: list[_File], after: _After, unsure: Text, *, gapless: bool = False
    ) -> Iterator[Lot]:
        """Recordings in order, joined where one continues the one before it."""
        for chain, is_sure in _chains(files, after):
            self._take(chain)
            late = self._late(chain[0], after)
            if late is not None:
                yield Lot(tuple(file.path for file in chain), question=late)
            elif len(chain) == 1:
                yield _alone(chain[0])
            elif is_sure:
                yield _joined(chain, gapless=gapless)
            else:
                yield _asked(chain, unsure)

    def _of_one_number(self) -> Iterator[Lot]:
        """Recordings of one form whose names give the same session: its parts, or duplicates."""
        said = [file for file in self._left if said_number(file.path.name) is not None]
        for group in _by(said, _session).values():
            if len(group) > 1:
                yield _asked(self._take(group), _SAME_NUMBER)

    def _late(self, file: _File, after: _After) -> HoldError | None:
        """The question whether a recording continues one that was taken in before."""
        for recording, was in self._taken:
            alike = (base_of(was.stem), was.suffix) == (base_of(file.stem), file.suffix)
            if was.part and file.part:
                alike = was.part.base == file.part.base
            if alike and after(was, file) is not None:
                what = Text("This recording may go on from the one that is {session_id} now.")
                return PartsError(
                    what.filled(session_id=recording.session_id),
                    _LATE.filled(number=recording.session_number),
                )
        return None

    @property
    def _taken(self) -> list[tuple[Recording, _File]]:
        """The sessions that came from this folder, each with its recording."""
        if self._was is None:
            self._was = []
            with suppress(VuoroError):  # a damaged record is reported where it is read
                group_id = known_group(self._study, group_folder(self._study, self._folder / "x"))
                for recording in readable(self._study, group_id) if group_id else ():
                    if self._study.inbox / recording.inbox_folder == self._folder:
                        with suppress(VuoroError):  # a recording that stayed elsewhere and is gone
                            self._was.append((recording, self._was_file(recording)))
        return self._was

    def _was_file(self, recording: Recording) -> _File:
        file, name = original(self._study, recording), recording.original_name
        if recording.gaps_s:  # the next file continues the last part
            file = files_in(file)[-1]
            name = PART_PREFIX.sub("", file.name)
        return _File.of(file, name)


def _alone(file: _File) -> Lot:
    return Lot((file.path,))


def _joined(files: Sequence[_File], *, gapless: bool = False) -> Lot:
    return Lot(tuple(file.path for file in files), gapless=gapless)


def _asked(files: Sequence[_File], what: Text) -> Lot:
    return Lot(tuple(file.path for file in files), question=PartsError(what, _HOW))


def _said(file: Path) -> Declared:
    with suppress(VuoroError):  # taking the file in reports what is wrong
        return sidecar.declared(file)
    return Declared()


def _session(file: _File) -> tuple[int | None, str, str, str]:
    name = file.path.name
    return (said_number(name), session_kind(name), file.day, file.suffix)


def _base(file: _File) -> tuple[str, str]:
    return (file.part.base if file.part else "", file.day)


def _number(file: _File) -> int:
    """The place of a file among others; a name without a number counts as the first."""
    return file.part.number if file.part else 1


def _is_whole(files: Sequence[_File]) -> bool:
    """Whether these are the parts of one session from the first to the last."""
    numbers = sorted(map(_number, files))
    said = {file.part.of for file in files if file.part and file.part.of}
    return len(files) > 1 and numbers == _counting(1, numbers) and said <= {len(files)}


def _counting(first: int, numbers: Sequence[int]) -> list[int]:
    return [*range(first, first + len(numbers))]


def _chains(files: Sequence[_File], after: _After) -> Iterator[tuple[list[_File], bool]]:
    """Files in order, cut where one does not continue the other; whether each chain is certain."""
    chain, is_sure = [*files[:1]], True
    for before, file in pairwise(files):
        goes_on = after(before, file)
        if goes_on is None:
            yield chain, is_sure
            chain, is_sure = [], True
        is_sure = is_sure and goes_on is not False
        chain.append(file)
    if chain:
        yield chain, is_sure


def _after_by_name(before: _File, after: _File) -> bool | None:
    """Whether a recording continues another of its day: False if it may, None if it does not."""
    begun, follows = (file.moment.time_s if file.moment else None for file in (before, after))
    if before.day != after.day or begun is None or follows is None:
        return None
    with suppress(VuoroError):  # taking it in reports what is wrong with it
        found_s = follows - begun - length_s(before.path)
        if -OVERLAP_S <= found_s <= ASKED_WITHIN_S:
            return found_s <= JOINED_WITHIN_S
    return None


def _after_by_count(before: _File, after: _File) -> bool | None:
    """Whether a camera's recording continues another: False if it may, None if it does not."""
    if _number(after) != _number(before) + 1:
        return None
    with suppress(VuoroError):
        found_s = gap_s(before.path, after.path)
        if found_s is None:  # the times were lost in copying
            return False
        if found_s <= ASKED_WITHIN_S:
            return found_s <= CHAPTER_WITHIN_S
    return None


def _by(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    found: dict[K, list[T]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found
