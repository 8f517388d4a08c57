"""The anonymisation plan of a data set: what could identify people, and what was done about it.

After the classes and the form of the plan in the Finnish Social Science Data Archive's *Data
Management Guidelines*, chapter Anonymisation and Personal Data: direct identifiers, strong
indirect identifiers, indirect identifiers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.texts import Language, Text, counted

_HEADS = (Text("identifier"), Text("what"), Text("what was done with it"))
_DIRECT, _STRONG, _INDIRECT = Text("direct"), Text("strong indirect"), Text("indirect")


@dataclass(frozen=True, slots=True)
class _Planned:
    """One kind of information; ``masked`` is the column of turns that counts its mentions."""

    kind: Text
    what: Text
    done: Text
    masked: str = ""


_PLAN = (
    _Planned(
        _DIRECT,
        Text("names of speakers and others in the talk"),
        counted(
            "replaced by a pseudonym, the same person by the same ({n} mention)",
            "replaced by a pseudonym, the same person by the same ({n} mentions)",
        ),
        "n_masked_person",
    ),
    _Planned(_DIRECT, Text("voice, picture and voice print"), Text("not in the data set")),
    _Planned(
        _DIRECT,
        Text("phone numbers, addresses, identity codes, account numbers and other identifiers"),
        counted(
            "replaced by the name of their kind ({n} mention)",
            "replaced by the name of their kind ({n} mentions)",
        ),
        "n_masked_other",
    ),
    _Planned(
        _STRONG,
        Text("names of work communities and other organisations"),
        counted("replaced by a pseudonym ({n} mention)", "replaced by a pseudonym ({n} mentions)"),
        "n_masked_organisation",
    ),
    _Planned(
        _STRONG,
        Text("names of places"),
        counted("replaced by a pseudonym ({n} mention)", "replaced by a pseudonym ({n} mentions)"),
        "n_masked_place",
    ),
    _Planned(
        _STRONG,
        Text("rare occupations and positions in the talk"),
        Text("stay in the text unless they were masked in the review of names"),
    ),
    _Planned(
        _STRONG,
        Text("names of files and folders, times of recording"),
        Text("not in the data set; the codes of groups were drawn at random"),
    ),
    _Planned(
        _INDIRECT,
        Text("role, group and number of the meeting"),
        Text("kept: the analysis needs them"),
    ),
    _Planned(
        _INDIRECT,
        Text("the study's own background data (columns `x_…`, if there are any)"),
        Text("kept as the researchers gave them; group them into coarser classes where needed"),
    ),
    _Planned(
        _INDIRECT,
        Text("what people say, how they talk, their language"),
        Text("kept: the subject of the research; read the texts before sharing"),
    ),
)


def plan(masked: Mapping[str, int], language: Language) -> str:
    """The plan as a Markdown table; ``masked`` counts masked mentions by their column in turns."""
    rows = []
    for each in _PLAN:
        done = each.done.filled(n=masked[each.masked]) if each.masked else each.done
        rows.append([text.to(language) for text in (each.kind, each.what, done)])
    return markdown_table([head.to(language) for head in _HEADS], rows)


def markdown_table(
    heads: Sequence[str], rows: Sequence[Sequence[str | int]], numbers: Sequence[int] = ()
) -> str:
    """A Markdown table; the columns at ``numbers`` are aligned to the right."""
    rule = "|".join("---:" if at in numbers else "---" for at in range(len(heads)))
    cells = [f"| {' | '.join(map(str, row))} |" for row in (heads, *rows)]
    return "\n".join([cells[0], f"|{rule}|", *cells[1:]])
