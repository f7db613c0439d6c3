import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def place():
    """A folder for servers. Unlike pytest's own, other accounts can enter it, and its path is short
    enough for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="flexpledge-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def running():
    """Starts a server, which is stopped after the tests of the file, whatever happens in them."""
    with ExitStack() as servers:
        yield servers.enter_context


@pytest.fixture
def running_here():
    """As `running`, until the end of the test."""
    with ExitStack() as servers:
        yield servers.enter_context
