"""Every mistake gives one clear line and the documented exit code."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from evalkit.loopback.server import Server


def one_line(spoken, code):
    """Check that a command ended with a code and one line that is no traceback."""
    lines = [line for line in spoken.err.splitlines() if line.startswith("evalkit: ")]
    assert spoken.code == code, spoken
    assert len(lines) == 1, spoken.err
    assert "Traceback" not in spoken.err
    return lines[0]


def test_nothing_listens_at_the_address(cli, suite_file):
    """A refused connection ends the run at once with code 3."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = one_line(cli("run", suite_file, "--base-url", f"http://127.0.0.1:{port}/v1"), 3)
    assert "nothing answers" in line


def test_a_wrong_key_stops_the_run(cli, suite_file, monkeypatch):
    """A 401 ends the run after the requests in flight, and the key is not shown."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong-0123456789abcdef")
    with Server(key="right") as server:
        line = one_line(cli("run", suite_file, "--base-url", server.url), 3)
        assert len(server.journal) <= 8
    assert "key" in line
    assert "0123456789" not in line


def test_a_typo_in_a_suite_names_line_and_nearest_key(cli, suite_file):
    """The line names file, line, column and the key that was meant."""
    suite_file.write_text(suite_file.read_text().replace("temperatures:", "temperatrues:"))
    line = one_line(cli("run", suite_file), 2)
    assert "small.yaml:2:" in line
    assert "temperatures" in line


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[0, 1]", "[0, 2.5]", "2.5"),
        ("samples: 4", "samples: 0", "samples"),
        ("samples: 4", "samples: many", "samples"),
        ("exact_agreement", "exact_agrement", "exact_agreement"),
        ("base_url: loopback", "api_key: sk-1", "OPENAI_API_KEY"),
    ],
)
def test_a_wrong_value_in_a_suite_is_named(cli, suite_file, old, new, words):
    """Each wrong value is found before anything is sent."""
    suite_file.write_text(suite_file.read_text().replace(old, new))
    assert words in one_line(cli("run", suite_file), 2)


def test_a_suite_without_prompts_is_refused(cli, suite_file):
    """An empty list of prompts is an error, not an empty run."""
    text = suite_file.read_text()
    suite_file.write_text(text[: text.index("prompts:")] + "prompts: []\n")
    assert "prompts" in one_line(cli("run", suite_file), 2)


def test_a_missing_suite_is_named(cli):
    """A file that is not there is one line."""
    assert "nowhere.yaml" in one_line(cli("run", "nowhere.yaml"), 2)


@pytest.mark.parametrize("command", ["measure", "report", "show", "export"])
def test_a_file_that_is_no_store_is_refused(cli, suite_file, command):
    """Any other file is no store, and is not touched."""
    before = suite_file.read_bytes()
    assert "small.yaml" in one_line(cli(command, suite_file), 4)
    assert suite_file.read_bytes() == before


def test_running_into_a_file_that_is_no_store_is_refused(cli, suite_file):
    """A run does not write into a file of another kind."""
    one_line(cli("run", suite_file, "--store", suite_file), 4)


@pytest.mark.parametrize("words", [("measure", "absent.sqlite"), ("report", "absent.sqlite@x"), ("show",)])
def test_a_missing_store_is_not_made_by_reading(cli, folder, words):
    """Looking at a store that is not there is an error and leaves nothing behind."""
    one_line(cli(*words), 4)
    assert list(folder.iterdir()) == []


def test_another_suite_under_the_same_label_is_refused(cli, suite_file):
    """A changed temperature is another experiment; the difference is named."""
    assert cli("run", suite_file).code == 0
    suite_file.write_text(suite_file.read_text().replace("[0, 1]", "[0, 1.5]"))
    assert "1.5" in one_line(cli("run", suite_file), 4)


def test_an_unknown_label_names_those_there_are(cli, suite_file):
    """A run that is not there is answered with the runs that are."""
    cli("run", suite_file)
    assert "small" in one_line(cli("measure", "runs.sqlite@smal"), 4)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("sweep", "Hi", "-t", "0,2.5"), "[0, 2]"),
        (("sweep", "Hi", "-t", "warm"), "no number"),
        (("sweep", "Hi", "-t", "1,1"), "twice"),
        (("sweep", "Hi", "--base-url", "http://u:p@h/v1"), "password"),
        (("list", "colours"), "no kind"),
    ],
)
def test_wrong_words_on_the_command_line_are_explained(cli, words, hint):
    """What can not be is said in one line with code 2."""
    assert hint in one_line(cli(*words), 2)


def test_no_key_for_a_hosted_address_is_said_before_sending(cli, suite_file):
    """Without a key the default address is not even asked."""
    suite_file.write_text(suite_file.read_text().replace(", base_url: loopback", ""))
    assert "OPENAI_API_KEY" in one_line(cli("run", suite_file), 3)


def test_an_unknown_option_is_a_usage_error(cli):
    """The parser's own complaints have code 2, too."""
    assert cli("run", "--sample", "3").code == 2


@pytest.mark.parametrize("level", ["0", "1", "95"])
def test_a_level_outside_its_range_is_refused(cli, suite_file, level):
    """A level of 95 is a usual slip."""
    cli("run", suite_file)
    assert "level" in one_line(cli("measure", "runs.sqlite", "--level", level), 2)


def test_a_report_where_nothing_can_be_written_is_refused(cli, suite_file, folder):
    """A folder is no file to write to."""
    cli("run", suite_file)
    one_line(cli("report", "runs.sqlite", "-o", folder, "--format", "html"), 2)


@pytest.mark.parametrize("place", ["small.yaml/page.html", "page.doc", f"{'a' * 300}.html", "folder.html"])
def test_a_report_that_can_not_be_written_is_told_before_buying(cli, suite_file, folder, place):
    """Neither a request nor a folder is made for a page that has no place."""
    (folder / "folder.html").mkdir()
    said = cli("run", suite_file.name, "--report", place)
    assert said.code == 2
    assert "can not write" in said.err or "no renderer" in said.err or "is a folder" in said.err
    assert "plan:" not in said.err
    assert cli("show", "runs.sqlite").out == "nothing\n"


def test_what_the_system_refuses_is_no_bug(cli, suite_file):
    """A file that can not be written is a line and exit code 4, whoever meets it."""
    assert "small.yaml/x: Not a directory" in one_line(cli("demo", "--folder", f"{suite_file.name}/x"), 4)


def test_output_that_no_disk_takes_is_no_bug(cli, suite_file):
    """Where standard output is full, as a file of it may be, that is said."""
    assert cli("run", suite_file.name).code == 0
    for command in ("export", "show"):
        with Path("/dev/full").open("w", encoding="ascii") as full:
            ended = subprocess.run(
                [sys.executable, "-m", "evalkit", command, "runs.sqlite"],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        assert (ended.returncode, ended.stderr) == (4, "evalkit: No space left on device\n")
