"""A damaged store from the command line: told, saved, resumed."""

import json


def test_a_damaged_store_is_saved_and_resumed(cli, suite_file, folder):
    """Verify and salvage end with 4 and say what is missing; the same suite fills what the new store lacks."""
    assert cli("run", suite_file, "--store", "old.sqlite").code == 0
    content = (folder / "old.sqlite").read_bytes()
    (folder / "old.sqlite").write_bytes(content[: len(content) - 3 * 4096])
    assert cli("verify", "old.sqlite").code == 4
    found = cli("salvage", "old.sqlite", "-o", "new.sqlite", "--json")
    assert found.code == 4
    saved = {table["table"]: table["n_saved"] for table in json.loads(found.out)["tables"]}
    assert saved["run"] == 1
    assert cli("verify", "new.sqlite").code == 0
    assert cli("run", suite_file, "--store", "new.sqlite").code == 0
    assert len(cli("export", "new.sqlite").out.splitlines()) == 16


def test_a_whole_store_ends_with_0(cli, suite_file):
    """Each table is told with its rows."""
    cli("run", suite_file, "--store", "old.sqlite")
    found = cli("salvage", "old.sqlite", "-o", "new.sqlite")
    assert found.code == 0
    assert "sample: 16 saved\n" in found.out
    assert "everything is in" in found.err
