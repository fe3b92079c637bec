"""What every command promises, by being in the folder."""

import pytest

from evalkit import registry
from evalkit.cli.main import main

NAMES = registry.names("commands")


@pytest.mark.parametrize("name", NAMES)
def test_a_command_explains_itself(name, capsys):
    """Its help shows how it is called and every option with what it does."""
    with pytest.raises(SystemExit) as left:
        main([name, "--help"])
    text = capsys.readouterr().out
    assert left.value.code == 0
    assert f"evalkit {name}" in text
    assert (registry.find("commands", name).__doc__ or "").split()[0] in text


@pytest.mark.parametrize("name", NAMES)
def test_a_command_refuses_what_it_does_not_know(name, capsys):
    """An unknown option is a usage error with code 2 and no traceback."""
    with pytest.raises(SystemExit) as left:
        main([name, "--no-such-option"])
    assert left.value.code == 2
    assert "Traceback" not in capsys.readouterr().err
