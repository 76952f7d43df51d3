"""What hatchling does besides packing: it puts the types of clipsearch.py into the wheel."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class StubsHook(BuildHookInterface):  # type: ignore[type-arg]  # of a builder's configuration, which is not looked at
    """Add clipsearch.py to the wheel as a package of stubs, too (PEP 561), since one file can't hold py.typed.

    An editable installation gets none: there they would stay as they were while clipsearch.py changes.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the stubs and have them packed."""
        if version == "editable":
            return
        self._made = Path(tempfile.mkdtemp())
        stubs = shutil.copy(Path(self.root) / "clipsearch.py", self._made / "__init__.pyi")
        build_data["force_include"][str(stubs)] = "clipsearch-stubs/__init__.pyi"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was made."""
        if version != "editable":
            shutil.rmtree(self._made)
