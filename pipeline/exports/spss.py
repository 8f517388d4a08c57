"""SAV: SPSS, with the labels of variables and values in one language per file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.errors import UnreadableError
from pipeline.exports.coded import coded
from pipeline.exports.coded import targets as coded_targets
from pipeline.exports.source import Source, Target
from pipeline.texts import Language

LONGEST_NAME = 64
LONGEST_LABEL = 255  # bytes
LONGEST_TEXT = 32_767  # bytes
# The header states when the file was written; the same table must give the same bytes.
_TIME_AT, _TIME = 92, b"01 Jan 8000:00:00"


def targets(sources: Sequence[Source]) -> Iterator[Target]:
    """One file per table and language."""
    return coded_targets(sources, ".sav", _write)


def _write(source: Source, language: Language, file: Path) -> list[str]:
    import pyreadstat

    table = coded(source, language, LONGEST_NAME, LONGEST_LABEL)
    cut = 0
    for name in table.frame.select_dtypes("object"):
        texts = [_cut(text) for text in table.frame[name]]
        cut += sum(short != text for short, text in zip(texts, table.frame[name], strict=True))
        table.frame[name] = texts
    try:
        pyreadstat.write_sav(
            table.frame,
            file,
            file_label=source.table.name,
            column_labels=list(table.variable_labels.values()),
            variable_value_labels=table.value_labels,
            variable_measure=dict.fromkeys(table.value_labels, "nominal"),
            row_compress=True,
        )
    except pyreadstat.ReadstatError:  # which does not say why
        raise UnreadableError(
            "An export cannot be written.",
            "Check that the disk has room and that you may write there, then run again.",
        ) from None
    with file.open("r+b") as stream:
        stream.seek(_TIME_AT)
        stream.write(_TIME)
    name = source.table.name
    return [f"{cut} texts of {name} are longer than SPSS takes; {name}.sav cuts."] if cut else []


def _cut(text: str | None) -> str | None:
    if text is None or len(text.encode()) <= LONGEST_TEXT:
        return text
    return text.encode()[:LONGEST_TEXT].decode(errors="ignore")
