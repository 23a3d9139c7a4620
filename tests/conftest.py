"""What all tests share: the folder of real data, where there is one, and a small number of threads."""

import os
from pathlib import Path

import pytest

# The machine is shared between test runs; must be set before anything imports torch.
os.environ.setdefault("OMP_NUM_THREADS", "1")

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def data() -> Path:
    """The real data beside the checkout; a test that needs it is skipped where it is absent."""
    if not DATA.is_dir():
        pytest.skip("needs ../shared/data, which is not beside this checkout")
    return DATA
