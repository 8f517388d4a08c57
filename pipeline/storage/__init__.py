"""Files, atomic writes, digests and sheets: independent of speech and studies."""
