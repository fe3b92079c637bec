"""From names to objects, without reading a folder for each name."""

import os

from evalkit import registry


def test_a_file_that_comes_later_is_found(tmp_path):
    """Folders are read once, and again when a file came."""
    (tmp_path / "first.py").touch()
    assert registry.modules_in([str(tmp_path)]) == {"first"}
    (tmp_path / "second.py").touch()
    os.utime(tmp_path, ns=(1, 1))  # clocks of file systems may be coarse
    assert registry.modules_in([str(tmp_path)]) == {"first", "second"}


def test_a_folder_that_is_gone_holds_nothing(tmp_path):
    """It may have been a plug-in's."""
    assert registry.modules_in([str(tmp_path / "gone")]) == frozenset()
