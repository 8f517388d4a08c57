"""Files, atomic writes, digests and sheets: knows nothing of speech or studies."""
