"""Adding, promoting, rolling back and splitting on a real server with a registry."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from sirve import Client, SirveError


@pytest.fixture
def artifacts(models: Path, tmp_path: Path) -> Path:
    """Two versions of the fashion model, as folders."""
    for version in ("1", "2"):
        shutil.copytree(models / "fashion" / version, tmp_path / version)
        manifest = tmp_path / version / "model.json"
        if not manifest.exists():
            shutil.copy(models / "fashion" / "model.json", manifest)
    return tmp_path


def test_a_model_is_added_promoted_and_rolled_back(served_registry: str, artifacts: Path) -> None:
    picture = {"x": np.zeros((1, 1, 28, 28), dtype=np.float32)}
    with Client(served_registry) as sirve:
        told: list[tuple[int, int]] = []
        first = sirve.registry.add(
            artifacts / "1", "fashion", metrics={"accuracy": 0.9}, data="fashion-mnist", progress=lambda *at: told.append(at)
        )
        assert first["version"] == 1
        assert first["lineage"]["data"] == "fashion-mnist"
        assert told[-1][0] == told[-1][1] > 0
        again = sirve.registry.add(artifacts / "1", "fashion")
        assert again["existed"] and again["version"] == 1

        second = sirve.registry.add(artifacts / "2", "fashion", alias="challenger")
        assert second["version"] == 2
        assert sirve.infer("fashion", picture).version == 1
        assert sirve.infer("fashion@challenger", picture).version == 2
        assert [one["version"] for one in sirve.registry.versions("fashion")] == [2, 1]

        promoted = sirve.registry.promote("fashion", 2, reason="better")
        assert promoted["previous"] == 1
        assert all(check["passed"] for check in promoted["checks"])
        assert sirve.infer("fashion", picture).version == 2
        assert sirve.registry.rollback("fashion")["version"] == 1
        assert sirve.infer("fashion", picture).version == 1
        actions = [entry["action"] for entry in sirve.registry.audit(model="fashion")]
        assert len(actions) >= 4

        with pytest.raises(SirveError) as caught:
            sirve.registry.delete("fashion", 1)
        assert caught.value.code == "failed_precondition"


def test_an_endpoint_splits_and_keeps_a_caller_on_its_variant(served_registry: str, artifacts: Path) -> None:
    picture = {"x": np.zeros((1, 1, 28, 28), dtype=np.float32)}
    with Client(served_registry) as sirve:
        for version in ("1", "2"):
            sirve.registry.add(artifacts / version, "split")
        variants = [{"name": name, "target": f"split@{name[1:]}", "weight": 50} for name in ("v1", "v2")]
        sirve.registry.set_endpoint("ab", variants)
        seen = {
            key: {sirve.infer("ab", picture, split_key=key).variant for _ in range(3)}
            for key in (f"customer-{number}" for number in range(20))
        }
        assert all(len(variants) == 1 for variants in seen.values())
        assert {next(iter(one)) for one in seen.values()} == {"v1", "v2"}
        sirve.registry.delete_endpoint("ab")


def test_a_file_that_is_no_model_is_refused_and_leaves_nothing(served_registry: str, tmp_path: Path) -> None:
    broken = tmp_path / "model.onnx"
    broken.write_bytes(b"this is no model")
    with Client(served_registry) as sirve:
        with pytest.raises(SirveError) as caught:
            sirve.registry.add(broken, "broken")
        assert caught.value.code in ("failed_precondition", "invalid_argument")
        with pytest.raises(SirveError) as caught:
            sirve.registry.model("broken")
        assert caught.value.code == "not_found"
