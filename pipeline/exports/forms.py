"""The formats of exports, in the order in which `vuoro build --help` lists them.

Each is one module of this room, whose ``targets`` say which files are created from which tables,
and one line here, from which `vuoro build` gets its option.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from pipeline.exports.source import Source, Target


class _Module(Protocol):
    def targets(self, sources: Sequence[Source], /) -> Iterable[Target]: ...


@dataclass(frozen=True, slots=True)
class Form:
    """One format: its module, loaded when it is written, and the help of its option."""

    module: str
    help: str

    def targets(self, sources: Sequence[Source]) -> Iterable[Target]:
        """The files of this format."""
        module = cast(_Module, import_module(f"pipeline.exports.{self.module}"))
        return module.targets(sources)


FORMS: Mapping[str, Form] = {
    "csv": Form("delimited", "Export CSV for any program: comma, decimal point, UTF-8."),
    "csv-spreadsheet": Form(
        "spreadsheet", "Export CSV for spreadsheets: ' before texts that look like formulas."
    ),
    "xlsx": Form("workbook", "Export one Excel workbook, a sheet for each table."),
    "sav": Form("spss", "Export SPSS files, labelled in Finnish and English."),
    "dta": Form("stata", "Export Stata files, labelled in Finnish and English."),
    "rds": Form("r", "Export R files; readRDS() gives a data.frame."),
}
