"""JSON as every reader takes it: what is not a finite number is null, since JSON has no NaN and no infinity."""

from __future__ import annotations

import json
import math
from typing import Any


def json_text(value: Any, **how: Any) -> str:
    """Return a value as JSON, in UTF-8 letters; `how` are arguments of json.dumps."""
    how = {"ensure_ascii": False, "allow_nan": False, **how}
    try:
        return json.dumps(value, **how)
    except ValueError:
        return json.dumps(_finite(value), **how)


def _finite(value: Any) -> Any:
    """Return a value with None for each number in it that is not finite."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {_finite(key): _finite(one) for key, one in value.items()}
    return [_finite(one) for one in value] if isinstance(value, list | tuple) else value
