"""A real Sirve server for each kind of test, on a free loopback port."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sirve import Client

ROOT = Path(__file__).resolve().parents[3]
NODE = ROOT / "node_modules" / ".bin" / "node"


@pytest.fixture(scope="session")
def served_folder() -> Iterator[str]:
    """Address of a server over the example models."""
    yield from _serve([str(ROOT / "examples" / "models")])


@pytest.fixture(scope="session")
def served_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server with an empty registry."""
    yield from _serve(["--data", str(tmp_path_factory.mktemp("data") / "registry")])


@pytest.fixture
def sirve(served_folder: str) -> Iterator[Client]:
    with Client(served_folder) as client:
        yield client


@pytest.fixture
def models() -> Path:
    """The example models."""
    return ROOT / "examples" / "models"


def _serve(arguments: list[str]) -> Iterator[str]:
    command = [str(NODE), "src/cli/main.ts", "serve", *arguments, "--http-port", "0", "--grpc-port", "0"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "NO_COLOR": "1"})
    assert server.stdout
    try:
        for line in server.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                yield _once_ready(found.group())
                return
        raise RuntimeError(f"the server ended with {server.wait()}")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def _once_ready(url: str) -> str:
    with Client(url, retries=0, timeout=5) as client:
        for _ in range(1000):
            if client.is_ready():
                return url
            time.sleep(0.05)
    raise RuntimeError(f"{url} did not become ready")
