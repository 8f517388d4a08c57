"""The audit log: everything about a replacement but what was replaced."""

from __future__ import annotations

import hashlib
import hmac
import stat
from pathlib import Path
from random import Random

from pipeline.pseudonymisation import audit
from pipeline.pseudonymisation.entities import Decision, EntityTable
from pipeline.records import Replacement


def test_a_replacement_is_logged_without_what_it_replaced(talk, tmp_path: Path) -> None:
    conversation = talk("Annoin sen Pekka Virtaselle, joo", "niin")
    table = EntityTable().add(
        {("person", "pekka virtanen"): {"Pekka Virtaselle"}}, random=Random(1)
    )
    (entity,) = table.judged
    table = table.decide(Decision("2015-03-12T10:00:00+00:00", "tutkija", "name", entity.id))
    replaced = (Replacement(0, 2, 3, *entity.id, "lle", ("entity", "capital")),)
    found = audit.entries(conversation, replaced, ["G07-S02-T00000000", "G07-S02-T00004000"], table)
    # RFC 2104 by Python's own hmac, over the casefolded words
    key = bytes.fromhex(table.audit_key)
    wanted = hmac.new(key, b"pekka virtaselle", hashlib.sha256).hexdigest()
    assert found == (
        audit.ReplacedPlace(
            turn_id="G07-S02-T00000000",
            first_word=3,
            last_word=4,
            pseudonym=f"[Person {entity.number}]",
            detectors=("entity", "capital"),
            judged_by="tutkija",
            judged_at="2015-03-12T10:00:00+00:00",
            digest=wanted,
        ),
    )
    log = tmp_path / "audit" / "G07-S02.jsonl"
    audit.append(log, found, ("names-fi=spacy-fi@0123",), "5e77")
    text = log.read_text(encoding="utf-8").casefold()
    assert "pekka" not in text and "virta" not in text
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    (line,) = audit.read(log)
    assert (line.replaced, line.models, line.settings_digest) == (
        found,
        ("names-fi=spacy-fi@0123",),
        "5e77",
    )


def test_two_studies_have_different_digests_of_one_name() -> None:
    keys = [EntityTable().add({("person", "aino"): {"Aino"}}).audit_key for _ in range(2)]
    assert len({audit.digest("Aino", key) for key in keys}) == 2
    assert audit.digest("AINO", keys[0]) == audit.digest("aino", keys[0])


def test_lines_are_only_added_also_after_a_crash(tmp_path: Path) -> None:
    log = tmp_path / "G07-S02.jsonl"
    audit.append(log, (), ("a",), "1")
    whole = log.read_bytes()
    log.write_bytes(whole + whole[:25])  # killed while it wrote the second line
    audit.append(log, (), ("b",), "2")
    assert log.read_bytes().startswith(whole + whole[:25])
    assert [line.settings_digest for line in audit.read(log)] == ["1", "2"]


def test_no_log_has_no_lines(tmp_path: Path) -> None:
    assert list(audit.read(tmp_path / "G07-S02.jsonl")) == []
