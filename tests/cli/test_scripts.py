"""Answers in any script, and empty ones, from a file to a page."""

import csv
import io
import json

from evalkit import registry

ANSWERS = {
    "chinese": ("猫坐在垫子上。", "狗在公园里跑。", "猫坐在垫子上。", "鸟儿飞过高山。", "", "鱼在水里游泳。"),
    "arabic": (
        "القطة تجلس على السجادة",
        "الكلب يركض في الحديقة",
        "",
        "الطائر يطير",
        "القطة تجلس على السجادة",
        "السمكة",
    ),
    "emoji": ("👩\u200d👩\u200d👧\u200d👦❤\ufe0f", "🏳\ufe0f\u200d🌈🎉", "👍🏽", "👍🏽", "🇩🇪🇫🇷", ""),
    "empty": ("",) * 6,
}


def recorded(folder):
    """Write the answers as a file that `evalkit import` reads, warm and cold."""
    lines = [
        {"model": "m", "prompt_id": name, "temperature": t, "replicate": place, "text": text if t else texts[0]}
        for name, texts in ANSWERS.items()
        for t in (0, 1)
        for place, text in enumerate(texts)
    ]
    (folder / "answers.jsonl").write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")


def test_any_script_goes_from_a_file_to_a_page(cli, folder):
    """Imported, measured with what is measured by default, and reported, nothing of it fails."""
    recorded(folder)
    imported = cli("import", "answers.jsonl", "--label", "scripts")
    measured = cli("measure", "runs.sqlite@scripts")
    page = cli("report", "runs.sqlite@scripts", "-o", "page.html")

    assert [spoken.code for spoken in (imported, measured, page)] == [0, 0, 0]
    assert "Traceback" not in imported.err + measured.err + page.err
    assert len(list(csv.DictReader(io.StringIO(measured.out), delimiter="\t"))) > 10
    html = (folder / "page.html").read_text(encoding="utf-8")
    assert "猫坐在垫子上。" in html
    assert "القطة تجلس على السجادة" in html
    assert "👍🏽" in html


def test_every_metric_takes_any_script(cli, folder):
    """All metrics there are, asked for by name, give values or dashes."""
    recorded(folder)
    cli("import", "answers.jsonl", "--label", "scripts")
    asked = [word for name in registry.names("metrics") for word in ("-m", name)]
    measured = cli("measure", "runs.sqlite@scripts", *asked, "--json")

    assert measured.code == 0, measured.err
    assert all(name in measured.out for name in registry.names("metrics"))
