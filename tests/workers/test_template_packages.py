"""Packages of templates, run by the command that their authors use."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from support.processes import Process
from support.waiting import until
from workers_operator.authoring import bundling, esbuild

COMMAND = Path(sys.executable).with_name("workers-operator")
BUILT_IN = list(bundling.built_in_packages())


@pytest.fixture
def temporary() -> Iterator[Path]:
    """The folder for the command's temporary files; it must leave none, and no process that works there.

    Its name is short: there are sockets in it, whose paths may have 107 bytes.
    """
    with tempfile.TemporaryDirectory(prefix="t-") as name:
        folder = Path(name)
        yield folder
        assert list(folder.iterdir()) == []
        assert [p for p in processes() if name in p] == []


def processes() -> Iterator[str]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it has ended meanwhile


def run(*arguments: str | Path, temporary: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, "template", *arguments],
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


@pytest.fixture
def package(tmp_path: Path, temporary: Path) -> Path:
    """A new package that lies somewhere else."""
    folder = tmp_path / "greeter"
    done = run("new", folder, "--kind", "customer", temporary=temporary)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize(("kind", "name"), BUILT_IN)
def test_the_cases_of_a_built_in_template(kind: str, name: str, temporary: Path) -> None:
    done = run("test", name, temporary=temporary)
    declared = yaml.safe_load(
        (bundling.WORKERS / "templates" / kind / name / "tests.yaml").read_text()
    )
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert lines[1:-1] == [f"ok    {case['name']}" for case in declared["cases"]]


def test_a_package_in_its_folder_is_bundled(temporary: Path) -> None:
    done = run("test", bundling.WORKERS / "templates" / "elite" / "brand", temporary=temporary)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_new_package_works(package: Path, temporary: Path) -> None:
    done = run("test", package, temporary=temporary)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("4 of 4 cases went as expected\n")


def test_a_case_that_fails(package: Path, temporary: Path) -> None:
    tests = yaml.safe_load((package / "tests.yaml").read_text())
    tests["cases"] += [
        {"name": "quietly", "expect": {"bodyContains": ["hello"], "headers": {"X-Mine": "x"}}},
        {"name": "not refused", "expect": {"refused": "ParameterInvalid"}},
        {"name": "refused", "parameters": {"greting": "secret"}},
    ]
    (package / "tests.yaml").write_text(yaml.safe_dump(tests))
    done = run("test", package, temporary=temporary)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[5].startswith("FAIL  quietly")
    assert lines[6].strip() == 'header X-Mine is null, expected "x"'
    assert lines[7].strip().startswith('body lacks "hello": "Hello from case-0')
    assert "the operator deploys it, expected ParameterInvalid" in done.stdout
    assert "ParameterInvalid: spec.parameters.greting: there is no such parameter" in done.stdout
    assert lines[-1] == "4 of 7 cases went as expected"


def test_a_script_that_does_not_start(package: Path, temporary: Path) -> None:
    (package / "src" / "index.js").write_text("export default { fetch( }")
    done = run("test", package, temporary=temporary)
    assert done.returncode == 1
    assert "FAIL  health\n        it can't be deployed: ScriptRejected" in done.stdout
    assert "SyntaxError" in done.stdout


def test_imports_are_bundled(package: Path, temporary: Path) -> None:
    (package / "src" / "words.js").write_text("export const word = 'bundled';\n")
    (package / "src" / "index.js").write_text(
        "import { word } from './words.js';\n"
        "import { json } from 'code24/answers.js';\n"
        "export default { fetch: () => json(200, { word }) };\n"
    )
    tests = {
        "parameters": {"greeting": "x"},
        "cases": [{"name": "a", "expect": {"bodyJson": {"word": "bundled"}}}],
    }
    (package / "tests.yaml").write_text(yaml.safe_dump(tests))
    done = run("test", package, temporary=temporary)
    assert done.returncode == 0, done.stdout + done.stderr
    (package / "src" / "words.js").unlink()
    done = run("test", package, temporary=temporary)
    assert done.returncode == 1
    assert 'Could not resolve "./words.js"' in done.stderr


ALL_BINDINGS = """
export default {
  async fetch(request, env) {
    await env.KV.put("a", "kept");
    await env.BUCKET.put("b", "stored");
    env.POINTS.writeDataPoint({ indexes: ["x"], blobs: [], doubles: [1] });
    const echo = await (await env.ECHO.fetch("https://echo.example/c")).text();
    const stored = await (await env.BUCKET.get("b")).text();
    const { type, plan } = env.CONFIG;
    return Response.json({ kv: await env.KV.get("a"), stored, echo, type, plan });
  },
};
"""


def test_required_bindings_are_there(tmp_path: Path, temporary: Path) -> None:
    folder = tmp_path / "bound"
    run("new", folder, "--kind", "elite", "--name", "bound", temporary=temporary)
    manifest = yaml.safe_load((folder / "template.yaml").read_text())
    manifest["bindings"] = [
        {"name": "KV", "type": "kvNamespace"},
        {"name": "BUCKET", "type": "r2Bucket"},
    ]
    manifest["features"]["shouting"]["bindings"] = [
        {"name": "POINTS", "type": "analyticsEngine"},
        {"name": "ECHO", "type": "service"},
    ]
    (folder / "template.yaml").write_text(yaml.safe_dump(manifest))
    (folder / "src" / "index.js").write_text(ALL_BINDINGS)
    found = {"kv": "kept", "stored": "stored", "echo": "https://echo.example/c"}
    case = {
        "name": "all of them",
        "features": ["shouting"],
        "plan": "premium",
        "expect": {"bodyJson": found | {"type": "bound", "plan": "premium"}, "dataPoints": 1},
    }
    tests = {"parameters": {"greeting": "x"}, "cases": [case]}
    (folder / "tests.yaml").write_text(yaml.safe_dump(tests))
    done = run("test", folder, temporary=temporary)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_was_started_ends_with_an_interrupted_command(
    package: Path, tmp_path: Path, temporary: Path
) -> None:
    (package / "src" / "index.js").write_text(
        "export default { fetch: async () => { await scheduler.wait(60_000); return new Response() } }"
    )
    environment = {**os.environ, "TMPDIR": str(temporary)}
    process = Process([COMMAND, "template", "test", package], tmp_path / "log", environment)
    until(lambda: any(temporary.glob("*/edge/edge.env")) or not process.alive, process.tail)
    assert process.alive, process.tail()
    process.stop()  # SIGTERM; the fixture looks at what is left


def test_list_and_show(temporary: Path) -> None:
    listed = run("list", temporary=temporary).stdout.splitlines()
    assert [line.split()[:3] for line in listed[1:]] == [
        ["brand", "elite", "2.0.0"],
        ["design", "elite", "1.0.0"],
        ["develop", "elite", "1.0.0"],
        ["api", "customer", "1.0.0"],
        ["content", "customer", "1.0.0"],
        ["ecommerce", "customer", "2.0.0"],
        ["static", "customer", "1.0.0"],
    ]
    shown = run("show", "ecommerce", temporary=temporary).stdout
    for text in ("origin", "optimization.eagerImages", "needs binding ANALYTICS (analyticsEngine)"):
        assert text in shown
    unknown = run("show", "teleport", temporary=temporary)
    assert unknown.returncode == 1
    assert "there are: brand, design, develop, api, content, ecommerce, static" in unknown.stderr
    assert "Traceback" not in unknown.stderr


def test_bundles_are_the_same_wherever_they_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "quite" / "another place"
    for name in ("shared", "src", "templates"):
        shutil.copytree(bundling.WORKERS / name, elsewhere / name)
    committed = bundling.WORKERS / "bundles"
    monkeypatch.setattr(bundling, "WORKERS", elsewhere)
    files = bundling.render(esbuild.pinned(lambda text: None))
    own = {"dispatcher.js", "egress.js", "services.js"}
    assert set(files) == own | {f"{kind}/{name}.js" for kind, name in BUILT_IN}
    for name, content in files.items():
        first = content.decode().splitlines()[0]
        assert re.fullmatch(r"// Generated from \S+ by `make bundles`\. Do not edit\.", first), name
    assert bundling.differences(files, committed) == ""
