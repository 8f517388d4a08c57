"""The methods section of an article on a study's data set."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.dataset import files
from pipeline.dataset.methods import Private, section
from pipeline.dataset.summary import summarise
from pipeline.operations.built import require_built
from pipeline.operations.reviewed import review_of
from pipeline.study import Study, accepted, settings_log
from pipeline.texts import Language


def methods(study: Study, languages: Iterable[Language]) -> str:
    """Return the section in Markdown, in each of these languages.

    Raises StudyError if a session waits for a build, DatasetError if a file of the data set is
    damaged, TransientError if one cannot be read.
    """
    require_built(study)
    summary = summarise(study.dataset)
    published = [file.stem for file in files.files(study.dataset, "sessions")]
    review = review_of(study, *published)
    private = Private(
        n_names=review.n_names,
        n_unjudged=review.n_unjudged,
        n_left_out=len({*accepted.ids(study)} - {*published}),
    )
    settings = settings_log.used(study)
    written = (section(summary, language, settings, private) for language in languages)
    return "\n\n".join(written) + "\n"
