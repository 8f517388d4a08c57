"""Whether people have judged the names of sessions: until then their masking is not reviewed."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import VuoroError
from pipeline.pseudonymisation.entities import EntityTable, Id
from pipeline.stages.chain import SessionChain
from pipeline.stages.common import Common
from pipeline.stages.masking import REPLACE_NAMES
from pipeline.study import Study, accepted
from pipeline.texts import Language, Text


@dataclass(frozen=True, slots=True)
class Review:
    """How many names of sessions are masked, and how many of them are not judged yet.

    Both are None if that is unknown: the key is not here, or a session waits for a run.
    """

    n_names: int | None
    n_unjudged: int | None

    @property
    def is_done(self) -> bool:
        """Whether every name is judged."""
        return self.n_unjudged == 0

    def sentence(self, language: Language = "en") -> str:
        """Return that names are not reviewed, and what to do; "" where they are."""
        if self.is_done:
            return ""
        if self.n_names is None:
            return _UNKNOWN.to(language)
        return _UNJUDGED.filled(unjudged=self.n_unjudged, n=self.n_names).to(language)


_UNJUDGED = Text(
    "Names not reviewed yet: {unjudged} of {n} names in this session are unjudged; run "
    "`vuoro review names`."
)
_UNKNOWN = Text("It is not known now whether the names are reviewed; run `vuoro review names`.")


def review_of(study: Study, *session_ids: str) -> Review:
    """Return how far the names of sessions are reviewed, under the study's present settings."""
    names: set[Id] = set()
    try:
        settings = study.settings()
        shared = Common(settings)
        table = EntityTable.load(study)
        for session_id in session_ids:
            recording = accepted.recording(study, session_id)
            chain = SessionChain(study, recording, settings, shared)
            if chain.find(REPLACE_NAMES, verify=False) is None:
                return Review(None, None)
            replaced = chain.get(REPLACE_NAMES, verify=False)
            names.update((each.type, each.number) for each in replaced)
    except VuoroError:  # whatever the error, the session can be shown
        return Review(None, None)
    judged = {id for id in names if (e := table.entity(id)) is not None and e.verdict != "open"}
    return Review(len(names), len(names - judged))
