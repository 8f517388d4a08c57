"""Find which question of the interview guide is discussed in each turn.

An interviewer words questions differently from the guide, and a recogniser gets some words wrong.
Talk is therefore compared with each question by the character n-grams of its words, weighted by
their rarity in the interview (TF-IDF; Salton & Buckley 1988); endings, spoken forms and misheard
letters change these little. The questions asked are then chosen together: the likeliest path
through the guide (Viterbi 1967), on which moving to the next question is free, and skipping some or
coming back must be worth its cost.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pipeline.records import Cast, Conversation, Turn
from pipeline.turns.interview.guide import Guide

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Measured on simulated interviews in Finnish, English and Swedish: questions reworded, skipped,
# repeated and swapped, probes, other talk in between, 0–40 % of the letters misheard; each also
# with the guide of another interview on the same themes. In brackets: what another choice costs, in
# hundredths of the turns.
NGRAMS = (2, 3)  # (2: 3; 3 and 4: 3; 2 to 4: 1)
LONGER = 1.2  # more words are said than stand in the guide
FEW_WORDS = 5  # of others do not end what a person is saying
PROBE = 0.7  # a probe is short, and other talk easily resembles it (1.0: 1)

# In similarity (0–1). Misheard talk is less like everything, so the threshold for a question is
# mostly measured in the interview itself.
RIVAL = 0.5  # of the likeness to any other question
TALK = 0.75  # of its likeness to talk that asks nothing…
TALK_QUANTILE = 0.9  # …nine tenths of which are less like it (the most alike of all: 5)
THRESHOLD = 0.05
SKIP = 0.02  # (0.1: 4)
BACK = 0.08  # (0.2: 3)

# Of another interview's guide, at most 0.43 were found, with a gain of 0.07 a question; with the
# right one, 1 in 40 has less than both, and with half an interview 1 in 6 at 20 % misheard.
LEAST_HEARD = 0.5  # of the guide's questions; or
LEAST_GAIN = 0.08  # a question of the guide
CLEARLY = 2.0  # the interviewer's gain must be this many times any other person's

_WORD = re.compile(r"[^\W_]+")


def numbers(conversation: Conversation, cast: Cast, guide: Guide | None) -> list[int | None]:
    """The number of the question that each turn of a session belongs to; [] without a guide."""
    if guide is None:
        return []
    interviewers = {person.label for person in cast.people if person.role == "interviewer"}
    return questions(conversation.turns, interviewers, guide)


def questions(
    turns: Sequence[Turn], interviewers: Collection[str], guide: Guide
) -> list[int | None]:
    """The number of the question discussed in each turn; None before the first.

    ``turns`` are those of one interview in order of time; ``interviewers`` the labels that ask. If
    there are none, the label whose talk is clearly most like the guide asks. A turn belongs to the
    question asked last, in it or before it; a minimal response to the question of the turn in which
    it is said. All are None if too little of the guide is found: it then belongs to another
    interview.
    """
    if not turns:
        return []
    alike = _alike(turns, guide)
    if interviewers:
        path = _path(turns, alike, interviewers)
    else:
        path = _clearest([_path(turns, alike, {label}) for label in {turn.label for turn in turns}])
    if not _is_of(path, guide):
        return [None] * len(turns)
    return _talked_about(turns, {k: guide.questions[q].number for k, q in path.asked.items()})


@dataclass(frozen=True, slots=True)
class _Path:
    """Positions in the guide of the questions asked, by the position of the turn; their gain."""

    asked: Mapping[int, int]
    gain: float


def _is_of(path: _Path, guide: Guide) -> bool:
    """Whether enough of a guide is found for it to be that of this interview."""
    n_asked, n_all = len(set(path.asked.values())), len(guide.questions)
    return n_asked >= LEAST_HEARD * n_all or path.gain >= LEAST_GAIN * n_all


def _clearest(paths: list[_Path]) -> _Path:
    """The path of the person who asks; an empty one if no one clearly does."""
    best, *others = sorted(paths, key=lambda path: -path.gain)
    clear = not others or best.gain >= CLEARLY * others[0].gain
    return best if clear else _Path({}, 0.0)


def _path(
    turns: Sequence[Turn], alike: NDArray[np.float64], interviewers: Collection[str]
) -> _Path:
    """The likeliest questions, if these labels ask them."""
    own = [k for k, t in enumerate(turns) if t.label in interviewers and t.kind == "turn"]
    others = [k for k, t in enumerate(turns) if t.label not in interviewers]
    asked, gain = _best(_gains(alike[own], alike[others]))
    return _Path({own[row]: question for row, question in asked.items()}, gain)


def _gains(own: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """The evidence that each question (columns) is asked in each turn (rows): above 0, it is.

    The question must be more like the turn than other questions are, and more than it is like the
    talk of those who do not ask.
    """
    import numpy as np

    rival = np.zeros_like(own)
    for question in range(own.shape[1]):
        rival[:, question] = np.delete(own, question, axis=1).max(axis=1, initial=0.0)
    talk = np.quantile(others, TALK_QUANTILE, axis=0) if len(others) else 0.0
    gains: NDArray[np.float64] = own - RIVAL * rival - TALK * talk - THRESHOLD
    return gains


def _best(gains: NDArray[np.float64]) -> tuple[dict[int, int], float]:
    """The questions asked, by the row of the turn, with the highest total of gains less costs."""
    import numpy as np

    n_turns, n_questions = gains.shape
    costs = np.array([[_cost(q - p) for q in range(n_questions)] for p in range(-1, n_questions)])
    total = np.full(n_questions + 1, -np.inf)  # by the question asked last; the first is none
    total[0] = 0.0
    before: list[dict[int, int]] = []
    for row in gains:
        ways = total[:, None] - costs + row
        best = ways.argmax(axis=0)
        asked = ways[best, range(n_questions)]
        before.append({q: int(best[q]) for q in range(n_questions) if asked[q] > total[q + 1]})
        total[1:] = np.maximum(total[1:], asked)
    found, last = {}, int(total.argmax())
    for row_number in reversed(range(n_turns)):
        if last - 1 in before[row_number]:
            found[row_number] = last - 1
            last = before[row_number][last - 1]
    return found, float(total.max())


def _cost(steps: int) -> float:
    """The cost of moving this many questions ahead in the guide."""
    return BACK if steps < 0 else SKIP if steps > 1 else 0.0


def _alike(turns: Sequence[Turn], guide: Guide) -> NDArray[np.float64]:
    """Similarity of each turn (rows) to each question (columns), 0–1: cosines of TF-IDF weights.

    The most similar of a question and its probes counts, and the most similar piece of the talk of
    about the same length. A piece is credited to the turn in which its middle lies.
    """
    import numpy as np
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

    said = [_words(" ".join(word.text for word in turn.words)) for turn in turns]
    alike = np.zeros((len(turns), len(guide.questions)))
    stretches = [stretch for stretch in _stretches(turns, said) if any(said[k] for k in stretch)]
    if not stretches:
        return alike
    asked = [
        (column, _words(text), weight)
        for column, question in enumerate(guide.questions)
        for text, weight in ((question.text, 1.0), *((probe, PROBE) for probe in question.probes))
    ]
    counter = CountVectorizer(analyzer="char_wb", ngram_range=NGRAMS, lowercase=False)
    counts = counter.fit_transform(map(" ".join, [*said, *(words for _, words, _ in asked)]))
    weigher = TfidfTransformer(sublinear_tf=True).fit(counts)
    questions = weigher.transform(counts[len(said) :])

    # No n-gram reaches over a word's edge, so that the counts of a piece are those of its words.
    turn_of = np.array([k for stretch in stretches for k in stretch for _ in said[k]])
    by_word = counter.transform(word for stretch in stretches for k in stretch for word in said[k])
    lengths = [sum(len(said[k]) for k in stretch) for stretch in stretches]
    for row, (column, words, weight) in enumerate(asked):
        first, end = _pieces(lengths, round(len(words) * LONGER) + 1)
        pieces = weigher.transform(_sums(first, end) @ by_word)
        cosines = (pieces @ questions[row].T).toarray()[:, 0]
        np.maximum.at(alike[:, column], turn_of[(first + end) // 2], weight * cosines)
    return alike


def _pieces(lengths: Sequence[int], size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First words and ends of all pieces of ``size`` words; if a stretch is shorter, all of it.

    ``lengths`` are those of the stretches, in words; the words of all are counted through.
    """
    import numpy as np

    starts = np.cumsum([0, *lengths])
    first = np.concatenate(
        [
            start + np.arange(max(1, length - size + 1))
            for start, length in zip(starts, lengths, strict=False)
        ]
    )
    ends = starts[np.searchsorted(starts, first, side="right")]
    return first, np.minimum(first + size, ends)


def _sums(first: NDArray[np.int64], end: NDArray[np.int64]) -> Any:
    """The sparse matrix that adds up the rows ``first`` to before ``end`` of another."""
    import numpy as np
    from scipy.sparse import csr_matrix

    columns = np.concatenate([np.arange(a, b) for a, b in zip(first, end, strict=True)])
    edges = np.concatenate([[0], np.cumsum(end - first)])
    return csr_matrix((np.ones(len(columns)), columns, edges), (len(first), end.max()))


def _stretches(turns: Sequence[Turn], said: Sequence[Sequence[str]]) -> list[list[int]]:
    """Each label's consecutive turns, as long as others say almost nothing in between."""
    stretches = []
    for label in sorted({turn.label for turn in turns}):
        own = [k for k, turn in enumerate(turns) if turn.label == label]
        stretches.append(own[:1])
        for before, k in pairwise(own):
            if sum(map(len, said[before + 1 : k])) <= FEW_WORDS:
                stretches[-1].append(k)
            else:
                stretches.append([k])
    return stretches


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _talked_about(turns: Sequence[Turn], asked: Mapping[int, int]) -> list[int | None]:
    """The number of the question for each turn; ``asked`` are the numbers where one is asked."""
    numbers: list[int | None] = []
    current: int | None = None
    holding: dict[str | None, int | None] = {}
    for k, turn in enumerate(turns):
        if turn.kind == "minimal_response":
            numbers.append(holding.get(turn.previous_label, current))
            continue
        current = asked.get(k, current)
        holding[turn.label] = current
        numbers.append(current)
    return numbers
