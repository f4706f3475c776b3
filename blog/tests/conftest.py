import pytest


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Run in a folder of the test's own: reports go to the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
