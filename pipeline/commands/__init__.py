"""The commands that have commands of their own, one module each; ``pipeline.cli`` mounts them."""
