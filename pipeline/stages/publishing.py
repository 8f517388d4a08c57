"""The stages that bring a session into the data set: its measures, then its talk."""

from __future__ import annotations

from pipeline.dataset import files
from pipeline.pseudonymisation import audit
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.records import Audio, Cast, MaskedConversation, Recording
from pipeline.settings import Settings
from pipeline.stages.masking import Replaced
from pipeline.stages.publish import Origin, are_written, write_tables
from pipeline.stages.session_rows import measure_tables, talk_tables, turn_ids
from pipeline.stages.stage import Stage
from pipeline.study import Study, settings_log
from pipeline.turns.edits.edit import Corrected
from pipeline.turns.interview.guide import Guide
from pipeline.turns.interview.questions import numbers


def _measure(
    study: Study,
    public: Recording,
    decode: Audio,
    identify: Cast,
    correct: Corrected,
    pseudonymise: MaskedConversation,
    lapse_s: float,
    models_used: tuple[str, ...],
    settings_digest: str,
    source: str,
) -> bool:
    tables = measure_tables(
        public, decode, correct.regular, identify, pseudonymise, lapse_s=lapse_s
    )
    origin = Origin(source, models_used, settings_digest, _version())
    write_tables(study.dataset, public.session_id, tables, origin)
    return True


def _is_measured(study: Study, public: Recording, source: str) -> bool | None:
    wanted = files.origin(source) | _version()
    return are_written(study.dataset, public.session_id, files.DYNAMICS_TABLES, wanted) or None


def _version() -> dict[str, str]:
    """Return what else the footers of the measures say: measures can be made again separately."""
    return {"vuoro.measures": str(MEASURE.version)}


def _publish(
    study: Study,
    public: Recording,
    decode: Audio,
    identify: Cast,
    correct: Corrected,
    replace_names: Replaced,
    pseudonymise: MaskedConversation,
    guide: Guide | None,
    models_used: tuple[str, ...],
    settings_digest: str,
    source: str,
    settings: Settings,
) -> bool:
    conversation = correct.conversation
    tables = talk_tables(
        public,
        decode,
        conversation,
        identify,
        pseudonymise,
        models=models_used,
        settings_digest=settings_digest,
        questions=numbers(conversation, identify, guide),
    )
    # logged first: what is in the data set is in the log, even after a crash in between
    ids = turn_ids(public.session_id, pseudonymise)
    entries = audit.entries(conversation, replace_names, ids, EntityTable.load(study))
    log = study.audit / f"{public.session_id}.jsonl"
    audit.append(log, entries, models_used, settings_digest)
    settings_log.remember(study, settings)
    origin = Origin(source, models_used, settings_digest)
    write_tables(study.dataset, public.session_id, tables, origin)
    return True


def _is_published(study: Study, public: Recording, source: str) -> bool | None:
    wanted = files.origin(source)
    return are_written(study.dataset, public.session_id, files.TALK_TABLES, wanted) or None


MEASURE = Stage(
    "measure_turns",
    1,
    _measure,
    label="measuring turn-taking",
    phase="finish",
    settings=("turns.lapse_s",),
    standing=_is_measured,
)
PUBLISH = Stage(
    "publish",
    1,
    _publish,
    label="into the data set",
    phase="finish",
    standing=_is_published,
)
