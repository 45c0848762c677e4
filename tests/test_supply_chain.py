"""Nothing in the project unpickles, runs code from a model, or loads a shipped file unchecked."""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path

import pytest

from flagger.errors import ModelFolderError
from flagger.model_folder import read_model_folder

FORBIDDEN_MODULES = {"pickle", "cPickle", "marshal", "shelve", "joblib", "dill", "cloudpickle"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}
ROOMS = ("src", "benchmarks", "data")
# Notes and pictures of a model folder: read by people alone.
UNCHECKED = {"README.md", "quality.png", "flagger.json"}


def violations(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        found += [f"imports {name}" for name in names if name.split(".")[0] in FORBIDDEN_MODULES]
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        if called in FORBIDDEN_CALLS:
            found.append(f"calls {called}")
        if called == "torch.load" and given.get("weights_only") != "True":
            found.append("torch.load without weights_only=True")
        if called in ("np.load", "numpy.load") and given.get("allow_pickle", "False") != "False":
            found.append("numpy.load with pickles")
        if called == "yaml.load" and not given.get("Loader", "").endswith("SafeLoader"):
            found.append("yaml.load without a safe loader")
        if given.get("trust_remote_code", "False") != "False":
            found.append("trust_remote_code")
    return found


def test_no_code_is_loaded(project: Path) -> None:
    sources = [path for room in ROOMS for path in (project / room).rglob("*.py")]
    assert len(sources) > 100
    found = {str(path.relative_to(project)): violations(path.read_text(encoding="utf-8")) for path in sources}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from joblib import load",
        "torch.load(path)",
        "torch.load(path, weights_only=False)",
        "np.load(path, allow_pickle=True)",
        "yaml.load(text)",
        "AutoModel.from_pretrained(name, trust_remote_code=True)",
        "eval(text)",
    ],
)
def test_what_loads_code_is_seen(source: str) -> None:
    assert violations(source)


def test_every_shipped_file_that_is_loaded_has_a_checksum(project: Path) -> None:
    folder = project / "models" / "default"
    config = json.loads((folder / "flagger.json").read_text(encoding="utf-8"))
    checked = {*config["sha256"], *(f"encoder/{name}" for name in config["encoder"]["sha256"])}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert there - checked == UNCHECKED
    assert checked <= there


@pytest.mark.parametrize("name", ["linear.safetensors", "training_record.safetensors", "encoder/encoder.onnx"])
def test_one_flipped_bit_is_refused(project: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(project / "models" / "default", tmp_path / "model")
    path = tmp_path / "model" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelFolderError, match="damaged"):
        read_model_folder(tmp_path / "model")
