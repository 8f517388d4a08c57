"""The release gate: build, check, and only then make the release visible."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from glob import escape
from pathlib import Path, PurePath

from pipeline.dataset.summary import summarise
from pipeline.errors import StudyError
from pipeline.exports.write import export, forget, forms_in
from pipeline.operations.built import require_built
from pipeline.people.roster.unconsented import Unconsented, consents, groups_without_consent
from pipeline.pseudonymisation.detect import detect as detect_names
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.records.ids import LabelLanguage, group_of
from pipeline.release import contents
from pipeline.release.coarse import coarsen, masks
from pipeline.release.detectors import Detect
from pipeline.release.examination import Examination, Progress
from pipeline.release.left_out import leave_out
from pipeline.release.needles import Needles
from pipeline.release.small_cells import SmallCells, small_cells
from pipeline.release.steward_report import NAME, SAMPLE, Report, draw, sample_csv
from pipeline.review.names.round_trip import judged_sessions
from pipeline.settings import Settings
from pipeline.stages.to_do import unfinished
from pipeline.storage.disk import PENDING, lies_in, os_errors, sync, write_atomically
from pipeline.storage.json_files import read_json
from pipeline.study import Study, accepted, locks, settings_log

Judged = Callable[[Study, Settings], Mapping[str, bool]]

REFUSED = "release-refused"


@dataclass(frozen=True, slots=True)
class Options:
    """How to release. ``sample`` is the number of turns to read; ``k`` that of k-anonymity.

    ``strict`` refuses a release with small cells; ``unreviewed`` allows sessions that have not
    been reviewed, and marks the release so; ``leave_out_unconsented`` leaves out the talk of people
    who have not consented; otherwise their talk is a reason to refuse.
    """

    coarse: bool = False
    unreviewed: bool = False
    leave_out_unconsented: bool = False
    allow_dates: bool = False
    strict: bool = False
    replace: bool = False
    k: int = 3
    sample: int = 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """The report and its path: in the release, or in private/ if there is none."""

    report: Report
    report_file: Path


def release(
    study: Study,
    settings: Settings,
    out: Path,
    options: Options,
    progress: Progress,
    *,
    detect: Detect = detect_names,
    judged: Judged = judged_sessions,
) -> Outcome:
    """Build the shareable copy of a study at ``out``, or report what prevents it.

    ``out`` appears by one rename, complete, or not at all; an earlier release there stays until
    then, and is replaced only with ``options.replace``.

    Raises StudyError if ``out`` is no place for a release, the key is missing, locked or damaged, a
    run is in progress or a session waits for a build; DatasetError if there is no data set or a
    file of it is damaged; TransientError where something cannot be read or written; what ``detect``
    and ``judged`` raise.
    """
    out = _checked(study, out, replacing=options.replace)
    with locks.alone(study):
        require_built(study)
        _clear(out)
        return _released(study, settings, out, options, progress, detect, judged)


def _released(
    study: Study,
    settings: Settings,
    out: Path,
    options: Options,
    progress: Progress,
    detect: Detect,
    judged: Judged,
) -> Outcome:
    with _pending(out) as pending:
        table = EntityTable.load(study)
        people = _without_consent(study)
        cut = options.leave_out_unconsented and people
        with os_errors("copying the release"):
            copied = contents.copy(study, pending, extras=not (options.coarse or cut))
        _require_key(study, pending / contents.DATASET)
        left = leave_out(study, settings, pending / contents.DATASET, people if cut else ())
        waiting = _waiting(study, settings)
        labels = _labels(settings)
        with os_errors("reading the names of the recordings"):
            file_names = list(_file_names(study))
        allowed = masks(table) if options.coarse else ()
        needles = Needles(table, file_names, labels=labels, masks=allowed)
        look = Examination(pending, table, needles, labels, settings_log.used(study), progress)
        look.consent(() if cut else people, waiting)
        look.counts.update(left.counts)
        report = _examined(look, study, settings, options, copied, detect, judged)
        report = replace(report, talk_left_out=left.people)
        if not report.released:
            with os_errors("writing the report"):
                _write_report(study.private / REFUSED, report, 0o600)
            return Outcome(report, study.private / f"{REFUSED}.md")
        if not options.coarse:
            _export(pending, forms_in(study.exports))
        report = _with_sample(pending, report, options.sample)
        with os_errors("putting the release into its place"):
            _publish(pending, out)
    return Outcome(report, out / f"{NAME}.md")


def _without_consent(study: Study) -> tuple[Unconsented, ...]:
    """Return who is in the data set without consent. Raises StudyError if that is unknown."""
    found = consents(study)
    for error in found.unusable:
        raise error
    return found.people


def _waiting(study: Study, settings: Settings) -> Collection[str]:
    """Return sessions of groups with a member without consent whose rows are out of date."""
    if not (wanted := groups_without_consent(study)):
        return ()
    to_come = unfinished(study, settings, verify=False)
    return [session_id for session_id in to_come if group_of(session_id) in wanted]


def _examined(
    look: Examination,
    study: Study,
    settings: Settings,
    options: Options,
    copied: contents.Copied,
    detect: Detect,
    judged: Judged,
) -> Report:
    valid = look.validity()
    coarse = options.coarse and valid
    if coarse:
        look.counts["pseudonyms made coarse"] = coarsen(look.dataset, look.table)
        valid = look.validity()
    look.texts(coarse=coarse, allow_dates=options.allow_dates)
    reviewed = look.reviewed(judged(study, settings), required=not options.unreviewed)
    cells = SmallCells((), (), options.k)
    if valid:
        look.detectors(detect)
        look.rosters()
        cells = small_cells(look.dataset, options.k).as_shown(look.needles.shown)
    if options.strict:
        look.small_cells(cells)
    look.counts["pictures cut out of notebooks"] = copied.n_pictures
    look.counts["entities whose names were looked for"] = look.needles.n_entities
    look.counts["forms of names looked for letter by letter"] = look.needles.n_forms
    return Report(
        made_on=date.today().isoformat(),
        released=not look.listing.findings,
        coarse=options.coarse,
        reviewed=reviewed,
        dates_allowed=options.allow_dates,
        strict=options.strict,
        counts=dict(look.counts),
        left_out=copied.left_out,
        findings=look.listing.findings,
        small_cells=cells,
    )


def _export(pending: Path, forms: Collection[str]) -> None:
    """Create the study's exports from what was examined, and from nothing else."""
    export(pending / contents.DATASET, pending / "exports", forms)
    forget(pending / "exports")


def _with_sample(folder: Path, report: Report, n: int) -> Report:
    """Return the report with a sample, which is written into the release beside it."""
    sample, rows = draw(folder / contents.DATASET, n)
    whole = replace(report, sample=sample)
    with os_errors("writing the report"):
        write_atomically(folder / SAMPLE, sample_csv(rows))
        _write_report(folder / NAME, whole)
    return whole


def _write_report(stem: Path, report: Report, mode: int = 0o644) -> None:
    write_atomically(stem.with_suffix(".md"), report.markdown().encode(), mode)
    write_atomically(stem.with_suffix(".json"), report.json().encode(), mode)


def _file_names(study: Study) -> Iterator[str]:
    """Yield the original names of recordings, tracks and groups, without suffixes."""
    for recording in accepted.sessions(study):
        yield PurePath(recording.original_name).stem
        yield recording.inbox_folder
        original = accepted.original(study, recording)
        if original.is_dir():
            yield from (accepted.PART_PREFIX.sub("", track.stem) for track in original.iterdir())
    yield from read_json(study.groups_file, dict[str, str]) or {}


def _labels(settings: Settings) -> LabelLanguage:
    return "en" if settings.anonymisation.labels == "en" else "fi"


def _require_key(study: Study, dataset: Path) -> None:
    """Require the key: without it, the names to search are unknown."""
    if not study.key_file.exists() and any(summarise(dataset).masked.values()):
        raise StudyError(
            "The key of the pseudonyms is not there, so the names cannot be looked for.",
            "Put back private/names.key, e.g. from your backup, and release again.",
        )


def _checked(study: Study, out: Path, *, replacing: bool) -> Path:
    """Return the path of the release. Raises StudyError if it must not be there."""
    with os_errors("looking where to release"):
        out = out.expanduser().resolve()
        own = (study.private, study.dataset, study.inbox, study.quarantine, study.codebooks)
        extras = (study.notebooks, study.exports)
        if lies_in(out, (*own, *extras)):
            raise StudyError(
                "A release must not lie inside the study's own folders.", "Give another folder."
            )
        if not out.parent.is_dir():
            raise StudyError(
                "The folder to release into is not there.", "Make it, or give another."
            )
        if out.exists() and not (replacing and _is_release(out)):
            remedy = "Give another name, or --replace if an earlier release is to be replaced."
            raise StudyError("There is something in the place of the release already.", remedy)
    return out


def _is_release(folder: Path) -> bool:
    return all((folder / name).is_file() for name in (f"{NAME}.json", f"{NAME}.md", SAMPLE))


def _clear(out: Path) -> None:
    """Remove what a killed release to the same path left beside it."""
    with os_errors("clearing up after an interrupted release"):
        for stale in out.parent.glob(f"{escape(_pending_prefix(out))}*{PENDING}"):
            shutil.rmtree(stale)


def _pending_prefix(out: Path) -> str:
    return f".vuoro-{out.name}-"


@contextmanager
def _pending(out: Path) -> Iterator[Path]:
    """Yield a folder beside ``out``, for its owner only; removed at the end in any case."""
    with os_errors("making the release"):
        folder = Path(tempfile.mkdtemp(prefix=_pending_prefix(out), suffix=PENDING, dir=out.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _publish(pending: Path, out: Path) -> None:
    """Put the folder in place of ``out``; restore what was there if that fails."""
    for file in contents.files_of(pending):
        sync(file)
    pending.chmod(0o755)
    with _pending(out) as aside:
        former = aside / out.name
        if out.exists():
            out.rename(former)
        try:
            pending.rename(out)
        except OSError:
            if former.exists():
                former.rename(out)
            raise
    sync(out.parent)
