"""Measure how well names are hidden, on texts in which people marked them.

    make bench-names DATA="../text"
    python -m benchmarks.names ../text --out names.json

Two kinds of text are found at any depth below the given folders:

- ``*.tsv``: one token a line with its tag (B-PER, I-ORG, …, O) behind a tab, an empty line between
  sentences, ``-DOCSTART-`` before each document (the form of CoNLL 2003). A document is a session
  and a sentence a turn. Punctuation goes with the word before it, as speech recognition writes it.
- ``*.txt``: one turn a line, mentions marked ``[[TYPE:entity|as said]]``. A file is a session.
  Files without any mark are left out.

Marked people, organisations and places (PER, ORG, LOC) and contact data (CONTACT) are to be hidden;
all other words are not, products, events and dates among them. Each text is measured as it is and
lower-cased without punctuation, as some recognisers write. The measures are defined at ``Score``.
"""

from __future__ import annotations

import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import chain, cycle
from operator import add
from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.score import Rate
from pipeline.pseudonymisation.detect import detect
from pipeline.records import Conversation, Mention, Turn, Word

HIDDEN_TYPES = frozenset({"PER", "ORG", "LOC", "CONTACT"})
UNNUMBERED = "CONTACT"
TIMED_WORDS = 12_000

_MARK = re.compile(r"\[\[(?P<type>\w+):(?P<entity>\w+)\|(?P<said>[^\]]*)\]\]")
_ATTACHED = re.compile(r"[.,!?;:…)\]”»]+")
_TRAILING = re.compile(r"[^\w@:+-]+$")


@dataclass(frozen=True, slots=True)
class Marked:
    """A mention that people marked: its words in a turn; ``entity`` where they say whose it is."""

    turn: int
    words: range
    type: str
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """The words of each turn, and what is marked in them."""

    turns: tuple[tuple[str, ...], ...]
    marked: tuple[Marked, ...]

    @property
    def n_words(self) -> int:
        return sum(map(len, self.turns))

    def lowered(self) -> Session:
        """The same without capitals and without the punctuation behind words."""
        turns = (tuple(_TRAILING.sub("", w.lower()) or w for w in turn) for turn in self.turns)
        return replace(self, turns=tuple(turns))


@dataclass(frozen=True, slots=True)
class Score:
    """What was hidden, as counts that add up over sessions.

    ``whole_leak``: of the marked mentions, those with no word hidden. ``any_leak``: those with a
    word left. ``over_masking``: of the words in no mention, those hidden (words without a letter or
    digit count nowhere). ``entity_recall``: of the entities of a session, those all of whose
    mentions are hidden to the last word. ``precision`` and ``recall`` are B³ (Bagga & Baldwin
    1998), each mention counting once: mentions of a session that share a marked entity against
    those that got the same pseudonym, which is that of a mention's last hidden word; one wholly
    left stands alone. Contact data, which has no number, and texts that mark no entities are in
    neither.
    """

    whole_leak: Rate
    any_leak: Rate
    over_masking: Rate
    entity_recall: Rate
    precision: Rate
    recall: Rate

    def __add__(self, other: Score) -> Score:
        return Score(
            *(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__)
        )

    @property
    def f(self) -> float:
        """Harmonic mean of B³ precision and recall."""
        both = self.precision.value + self.recall.value
        return 2 * self.precision.value * self.recall.value / both if both else 0.0

    def shares(self) -> dict[str, float | None]:
        """All as shares of 1; None where the text has nothing to count."""
        rates = {name: getattr(self, name) for name in self.__dataclass_fields__}
        shares = {name: rate.value if rate.total else None for name, rate in rates.items()}
        return {**shares, "f": self.f if self.precision.total else None}


def score(session: Session, found: Sequence[Mention]) -> Score:
    """Score the mentions that were found in a session against the marked ones."""
    hidden = {
        (m.turn, w): (m.type, m.entity) for m in found for w in range(m.first_word, m.last_word + 1)
    }
    said = [[w for w in m.words if _is_word(session.turns[m.turn][w])] for m in session.marked]
    left = [
        [w for w in words if (m.turn, w) not in hidden]
        for m, words in zip(session.marked, said, strict=True)
    ]
    n = len(session.marked)
    inside = {(m.turn, w) for m in session.marked for w in m.words}
    others = [
        (t, w)
        for t, turn in enumerate(session.turns)
        for w, word in enumerate(turn)
        if _is_word(word) and (t, w) not in inside
    ]
    whole = sum(a == b for a, b in zip(said, left, strict=True) if a)
    of_entity: defaultdict[str, list[bool]] = defaultdict(list)
    for mention, words in zip(session.marked, left, strict=True):
        if mention.entity:
            of_entity[f"{mention.type}:{mention.entity}"].append(not words)
    precision, recall = _b_cubed(session.marked, hidden)
    return Score(
        whole_leak=Rate(whole, n),
        any_leak=Rate(sum(map(bool, left)), n),
        over_masking=Rate(sum(word in hidden for word in others), len(others)),
        entity_recall=Rate(sum(map(all, of_entity.values())), len(of_entity)),
        precision=precision,
        recall=recall,
    )


def _is_word(text: str) -> bool:
    return re.search(r"\w", text) is not None


def _b_cubed(
    marked: Sequence[Marked], hidden: Mapping[tuple[int, int], Hashable]
) -> tuple[Rate, Rate]:
    linked = [m for m in marked if m.entity and m.type != UNNUMBERED]
    truth = [(m.type, m.entity) for m in linked]
    given = [
        next((hidden[m.turn, w] for w in reversed(m.words) if (m.turn, w) in hidden), ("left", i))
        for i, m in enumerate(linked)
    ]
    both = list(zip(truth, given, strict=True))
    precision = sum(both.count(pair) / given.count(pair[1]) for pair in both)
    recall = sum(both.count(pair) / truth.count(pair[0]) for pair in both)
    return Rate(precision, len(both)), Rate(recall, len(both))


def read_marked(file: Path) -> list[Session]:
    """The session in a text with marks in double brackets; [] where it has none."""
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    turns, marked = [], []
    for number, line in enumerate(lines):
        text, at = "", 0
        spans = []
        for mark in _MARK.finditer(line):
            text += line[at : mark.start()]
            spans.append((len(text), len(text) + len(mark["said"]), mark["type"], mark["entity"]))
            text, at = text + mark["said"], mark.end()
        text += line[at:]
        words = list(re.finditer(r"\S+", text))
        turns.append(tuple(word.group() for word in words))
        for start, end, type, entity in spans:
            touched = [i for i, w in enumerate(words) if w.start() < end and start < w.end()]
            marked.append(Marked(number, range(touched[0], touched[-1] + 1), type, entity))
    return [Session(tuple(turns), tuple(marked))] if marked else []


def read_conll(file: Path) -> list[Session]:
    """The documents of a file with one token and tag a line, as sessions of sentences."""
    documents: list[list[list[tuple[str, str]]]] = [[[]]]
    for line in file.read_text(encoding="utf-8").splitlines():
        token, *tags = line.split("\t")
        if token.startswith("-DOCSTART-"):
            documents.append([[]])
        elif not line.strip():
            documents[-1].append([])
        else:
            documents[-1][-1].append((token, tags[0] if tags else "O"))
    return [_document([s for s in sentences if s]) for sentences in documents if any(sentences)]


def _document(sentences: Sequence[Sequence[tuple[str, str]]]) -> Session:
    turns, marked = [], []
    for number, sentence in enumerate(sentences):
        words: list[str] = []
        spans: list[tuple[int, int, str]] = []
        for token, tag in sentence:
            if words and _ATTACHED.fullmatch(token):
                words[-1] += token
                continue
            words.append(token)
            here, type = len(words) - 1, tag[2:]
            if tag.startswith("I-") and spans and spans[-1][1:] == (here - 1, type):
                spans[-1] = (spans[-1][0], here, type)
            elif type:
                spans.append((here, here, type))
        turns.append(tuple(words))
        marked += [
            Marked(number, range(first, last + 1), type)
            for first, last, type in spans
            if type in HIDDEN_TYPES
        ]
    return Session(tuple(turns), tuple(marked))


READERS: Mapping[str, Callable[[Path], list[Session]]] = {
    ".tsv": read_conll,
    ".txt": read_marked,
}


def texts(folders: Iterable[Path]) -> Iterator[tuple[str, list[Session]]]:
    """Each text with marks below the folders (or given itself), by its name, with its sessions."""
    for root in folders:
        files = [root] if root.is_file() else sorted(root.rglob("*"))
        for file in files:
            if file.suffix in READERS and file.is_file():
                sessions = READERS[file.suffix](file)
                if any(session.marked for session in sessions):
                    yield file.relative_to(root).as_posix() if file != root else file.name, sessions


def conversation(turns: Iterable[Sequence[str]], language: str) -> Conversation:
    """Turns of one speaker, a word half a second long, as the stage gets them."""
    said = tuple(
        Turn(
            label="SPEAKER_00",
            kind="turn",
            start_s=0.0,
            end_s=len(words) / 2,
            words=tuple(Word(i / 2, i / 2 + 0.5, word, 1.0) for i, word in enumerate(words)),
            overlap_s=0.0,
            overlapped_by=(),
            pause_s=0.0,
            previous_label=None,
            offset_from_previous_s=None,
            asr_confidence=None,
            speaker_confidence=None,
            suspect=(),
        )
        for words in turns
    )
    return Conversation(said, language, None, 0.0, 0.0, 0.0, ())


def measure(sessions: Iterable[Session], language: str) -> Score:
    """The summed score of the sessions, each with names found in it alone."""
    scores = (
        score(session, detect(conversation(session.turns, language)).mentions)
        for session in sessions
    )
    return reduce(add, scores)


def speed(sessions: Iterable[Session], language: str) -> tuple[int, float]:
    """Number of words and processor seconds for one session of 12,000 words, models loaded.

    The session is made of the texts' turns in order, from the start again where they run out.
    """
    turns: list[tuple[str, ...]] = []
    n_words = 0
    for turn in cycle(chain.from_iterable(session.turns for session in sessions)):
        turns.append(turn)
        n_words += len(turn)
        if n_words >= TIMED_WORDS:
            break
    said = conversation(turns, language)
    detect(conversation(turns[:1], language))
    began = time.process_time()
    detect(said)
    return n_words, time.process_time() - began


def main(
    data: Annotated[list[Path], typer.Argument(help="Folders with marked texts (*.tsv, *.txt).")],
    language: Annotated[str, typer.Option(help="Language of the texts.")] = "fi",
    out: Annotated[
        Optional[Path],  # noqa: UP045 (Typer reads it at run time)
        typer.Option(help="Where the figures go as JSON, too."),
    ] = None,
) -> None:
    """Measure how well names are hidden, on texts in which people marked them."""
    found = list(texts(data))
    if not found:
        raise typer.BadParameter("there is no *.tsv or *.txt with marked names below this folder")
    rows = [
        (name, written, measure(some, language))
        for name, sessions in found
        for written, some in (
            ("as is", sessions),
            ("lower-cased", [session.lowered() for session in sessions]),
        )
    ]
    n_words, seconds = speed([s for _, sessions in found for s in sessions], language)
    wide = Console(width=max(120, Console().width))
    wide.print(_table(rows))
    wide.print(f"{n_words} words in {seconds:.1f} s of processor time, models loaded")
    content = {
        "rows": [{"text": name, "written": how, **s.shares()} for name, how, s in rows],
        "speed": {"words": n_words, "cpu_s": seconds},
    }
    if out:
        out.write_text(json.dumps(content, indent=1), encoding="utf-8")


def _table(rows: Sequence[tuple[str, str, Score]]) -> Table:
    heads = ("whole leak", "any leak", "over-masking", "entities", "B³ P", "B³ R", "B³ F")
    table = Table("text", "written", *heads, title="names, in per cent")
    for name, written, scored in rows:
        shares = scored.shares().values()
        table.add_row(name, written, *("" if s is None else f"{100 * s:.1f}" for s in shares))
    return table


if __name__ == "__main__":
    typer.run(main)
