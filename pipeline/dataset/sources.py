"""What the methods section cites, and the diarisation error rate measured on other material."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.texts import Text


@dataclass(frozen=True, slots=True)
class Source:
    """A work: how the text cites it, and its entry in the list of references."""

    cited: Text
    entry: str


BREDIN = Source(
    Text("Bredin, 2023"),
    "Bredin, H. (2023). pyannote.audio 2.1 speaker diarization pipeline: principle, benchmark, and "
    "recipe. *Proceedings of Interspeech 2023*, 1983–1987.",
)
HELDNER = Source(
    Text("Heldner & Edlund, 2010"),
    "Heldner, M., & Edlund, J. (2010). Pauses, gaps and overlaps in conversations. *Journal of "
    "Phonetics*, *38*(4), 555–568.",
)
HONNIBAL = Source(
    Text("Honnibal et al., 2020"),
    "Honnibal, M., Montani, I., Van Landeghem, S., & Boyd, A. (2020). *spaCy: Industrial-strength "
    "natural language processing in Python* [Computer software].",
)
PLAQUET = Source(
    Text("Plaquet & Bredin, 2023"),
    "Plaquet, A., & Bredin, H. (2023). Powerset multi-class cross entropy loss for neural speaker "
    "diarization. *Proceedings of Interspeech 2023*, 3222–3226.",
)
RADFORD = Source(
    Text("Radford et al., 2023"),
    "Radford, A., Kim, J. W., Xu, T., Brockman, G., McLeavey, C., & Sutskever, I. (2023). Robust "
    "speech recognition via large-scale weak supervision. *Proceedings of the 40th International "
    "Conference on Machine Learning*, *PMLR 202*, 28492–28518.",
)
SACKS = Source(
    Text("Sacks, Schegloff & Jefferson, 1974"),
    "Sacks, H., Schegloff, E. A., & Jefferson, G. (1974). A simplest systematics for the "
    "organization of turn-taking for conversation. *Language*, *50*(4), 696–735.",
)
WANG = Source(
    Text("Wang et al., 2023"),
    "Wang, H., Zheng, S., Chen, Y., Cheng, L., & Chen, Q. (2023). CAM++: A fast and efficient "
    "network for speaker verification using context-aware masking. *Proceedings of Interspeech "
    "2023*, 5301–5305.",
)


def software(version: str) -> str:
    """The entry of vuoro itself in the list of references."""
    return (
        f"The vuoro authors. *vuoro: Recordings of group sessions into anonymised, turn-level data "
        f"sets* (version {version}) [Computer software]."
    )


DIARISATION_ERROR = 0.07
"""In English and in Finnish, on the meeting of which the registry of models has ``word_errors``."""
