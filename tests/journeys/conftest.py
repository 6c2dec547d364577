"""Journeys are driven through the real pages, with the parts that the web tests use."""

from __future__ import annotations

import pytest

from tests.web import conftest as web

globals().update(
    {
        name: part
        for name, part in vars(web).items()
        if isinstance(part, pytest.FixtureDef) or type(part).__name__ == "FixtureFunctionDefinition"
    }
)
