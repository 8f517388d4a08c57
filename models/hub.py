"""A pyannote pipeline by its id on the Hugging Face Hub, as a folder on this machine.

Many are gated: users accept their conditions with their own account and give the token in HF_TOKEN,
never in the settings, which are passed to Prefect.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from pipeline.errors import ModelError

_HUB_ID = re.compile(r"([\w.-]+/[\w.-]+)(?:@([0-9a-f]{40}))?", re.ASCII)
_REMEDY = "Accept the model's conditions on huggingface.co, set HF_TOKEN, and fetch it once online."


def is_hub_id(model: str) -> bool:
    """Whether this is ``owner/name`` or ``owner/name@revision`` (40 hex digits), not a folder."""
    return _HUB_ID.fullmatch(model) is not None and not Path(model).exists()


def snapshot(hub_id: str, *, download: bool) -> Path:
    """The folder of the pipeline's files, fetched if allowed and not there yet.

    Without a revision, the Hub's current one, or the one last fetched: the digest of the folder
    identifies what was used. Raises ModelError in one sentence.
    """
    if download:  # the client reads it when it is imported
        os.environ["HF_HUB_OFFLINE"] = "0"
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    match = _HUB_ID.fullmatch(hub_id)
    if match is None:
        raise ModelError("This is no id of the Hugging Face Hub.", "Write owner/name.")
    try:
        return Path(snapshot_download(match[1], revision=match[2], local_files_only=not download))
    except GatedRepoError:
        what = "The diarisation pipeline may not be fetched without its owner's leave."
    except RevisionNotFoundError:
        what = "The diarisation pipeline has no such revision on the Hugging Face Hub."
    except RepositoryNotFoundError:
        what = "The diarisation pipeline is not on the Hugging Face Hub, or access is restricted."
    except LocalEntryNotFoundError:
        what = "The diarisation pipeline is not on this machine and cannot be fetched now."
    except (HfHubHTTPError, OSError):
        what = "The Hugging Face Hub does not answer."
    raise ModelError(what, _REMEDY)
