import pytest

from evalkit import api
from evalkit.cli.main import main
from evalkit.errors import UsageError
from evalkit.loopback.faults import FAULTS
from evalkit.loopback.habits import HABITS


@pytest.mark.parametrize("option", ["--help", "--fault=help"])
def test_help_lists_every_fault(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Both the help of the command and that of the option have the name of every habit and fault."""
    with pytest.raises(SystemExit):
        main(["serve", option])
    shown = "".join(capsys.readouterr().out.split())
    assert [name for name in sorted(HABITS | FAULTS) if name not in shown] == []


def test_unknown_fault_is_a_mistake_in_the_command() -> None:
    """A fault of no known name is refused before anything is served, with all names."""
    with pytest.raises(UsageError, match="rescaled"):
        api.serve(faults=["forgetful"])
