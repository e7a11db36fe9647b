"""What the SDK's README says of the package, and what is in it."""

import gzip
import json
import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

from bench.sdk import FOLDER, tools
from toolchain import npm
from workers_operator.authoring import esbuild

README: Final = (FOLDER / "README.md").read_text()


def _node(program: str) -> str:
    command = [npm.node(lambda text: None), "--input-type=module", "--eval", program]
    return subprocess.run(
        command, cwd=FOLDER, capture_output=True, text=True, check=True, timeout=60
    ).stdout


def test_the_readme_says_how_large_the_package_is() -> None:
    options = ["--bundle", "--minify", "--format=esm", "--target=es2022", "src/index.js"]
    command = [str(esbuild.pinned(lambda text: None)), *options]
    bundle = subprocess.run(command, cwd=FOLDER, capture_output=True, check=True, timeout=60).stdout
    [said] = re.findall(r"([0-9.]+) kB minified and compressed", README)
    assert float(said) == pytest.approx(len(gzip.compress(bundle, 9)) / 1000, abs=0.1)


def test_the_readme_names_every_method_and_error() -> None:
    program = """
      import * as sdk from "code24-workers-api";
      const methods = Object.getOwnPropertyNames(sdk.Code24WorkersAPI.prototype);
      console.log(JSON.stringify([...methods, ...Object.keys(sdk)]));
    """
    names = set(json.loads(_node(program))) - {"constructor", "WorkerList"}
    assert len(names) > 30
    missing = {name for name in names if not re.search(rf"\b{name}\b", README)}
    assert not missing


_NODE: Final = """
declare module "node:fs/promises" {
  export function readFile(path: string, encoding: "utf8"): Promise<string>;
}
"""
_OPTIONS: Final = {
    "target": "es2022",
    "lib": ["es2022", "dom", "dom.iterable", "dom.asynciterable"],
    "module": "nodenext",
    "moduleResolution": "nodenext",
    "types": [],
    "noEmit": True,
    "strict": True,
    "exactOptionalPropertyTypes": True,
    "noUncheckedIndexedAccess": True,
}


def _compiled(folder: Path, program: str) -> str:
    """What the compiler says of a TypeScript program that uses the package."""
    modules = folder / "node_modules"
    modules.mkdir(parents=True)
    (modules / "code24-workers-api").symlink_to(FOLDER)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "examples.ts").write_text(program)
    (folder / "node.d.ts").write_text(_NODE)
    settings = {"compilerOptions": _OPTIONS, "files": ["examples.ts", "node.d.ts"]}
    (folder / "tsconfig.json").write_text(json.dumps(settings))
    compiler = str(tools() / "typescript" / "bin" / "tsc")
    command = [npm.node(lambda text: None), compiler, "--pretty", "false", "--project", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=100).stdout


def test_the_readmes_examples_are_typescript_that_the_strict_compiler_accepts(
    tmp_path: Path,
) -> None:
    examples = re.findall(r"```js\n(.+?)```", README, re.DOTALL)
    assert len(examples) > 10
    program = "\n".join(examples)
    assert _compiled(tmp_path / "right", program) == ""
    wrong = f'{program}\nawait workersAPI.scaleWorker("my-worker", {{ instance: 5 }});\n'
    assert "'instance'" in _compiled(tmp_path / "wrong", wrong)


def test_the_package_has_no_dependency_and_its_lock_no_address() -> None:
    package = json.loads((FOLDER / "package.json").read_text())
    assert "dependencies" not in package
    lock = json.loads((FOLDER / "package-lock.json").read_text())
    assert len(lock["packages"]) > 1
    assert not [name for name, found in lock["packages"].items() if "resolved" in found]
