"""The main job from drawn pictures to its page, in the smallest sizes that still go through every stage."""

import json
from pathlib import Path

import pytest

from eventclip.cli import main_job
from eventclip.errors import UsageError


@pytest.mark.slow
def test_the_main_job_leaves_a_report_and_the_file_of_every_stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(main_job, "SMOKE", main_job.Sizes(72, 8, 12, 1, 2, 2, 4))
    page = main_job.run(tmp_path / "run", world="skewed", smoke=True, seed=0)
    assert capsys.readouterr().out.splitlines()[-1] == str(page)
    text = page.read_text(encoding="utf-8")
    assert "http" not in text.replace("http://www.w3.org", "")  # self-contained
    assert text.count("<svg") >= 2
    assert text.count("data:image/png;base64,") >= 4
    run = json.loads((tmp_path / "run/run.json").read_text())
    assert (run["world"], run["sizes"]["num_train"]) == ("skewed", 72)
    for name in ("pretrained", "plain", "structured"):
        measured = json.loads((tmp_path / f"run/grounding/{name}.json").read_text())
        metrics = {result["metric"] for result in measured["results"]}
        assert {"event_type_accuracy", "role_accuracy", "hard_negative_accuracy/role", "pointing_game"} <= metrics
    video = json.loads((tmp_path / "run/video.json").read_text())
    groups = {result["metric"] for result in video["mean"]["results"]}
    assert {"top1/seen events", "top1/unseen compositions", "top1/temporal"} <= groups
    plain = (tmp_path / "run/models/plain/config.yaml").read_text()
    assert "preset: clip" in plain


def test_a_run_in_the_way_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "world").mkdir()
    with pytest.raises(UsageError, match=r"holds a run already; name another with --out"):
        main_job.run(tmp_path, world="uniform", smoke=True, seed=0)
