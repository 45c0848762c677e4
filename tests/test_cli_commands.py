import subprocess
import sys
from types import SimpleNamespace

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from stand_in_scorer import StandInScorer
from typer.testing import CliRunner

import flagger.cli.info
import flagger.evaluation
import flagger.lexicon
import flagger.scorer
from flagger.cli.explain import AttributionChoice
from flagger.cli.main import app
from flagger.encoder.attribution import Attribution
from flagger.errors import LexiconError
from flagger.version import __version__

POST = "Nghe nói ở Thanh Oai có vụ bắt cóc trẻ em, chia sẻ gấp!"


def run(*arguments, **options):
    return CliRunner().invoke(app, list(arguments), **options)


@pytest.fixture
def stand_in(monkeypatch):
    monkeypatch.setattr(flagger.scorer.Flagger, "from_pretrained", lambda *a, **k: StandInScorer())


def test_the_command_runs_as_a_module():
    found = subprocess.run([sys.executable, "-m", "flagger", "--version"], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == __version__


def test_version():
    outcome = run("--version")
    assert (outcome.exit_code, outcome.output) == (0, f"{__version__}\n")


@pytest.mark.parametrize(
    "command", [[], ["score"], ["explain"], ["match"], ["evaluate"], ["train"], ["info"], ["lexicon", "check"]]
)
def test_help(command):
    outcome = run(*command, "--help")
    assert outcome.exit_code == 0
    assert "Usage" in outcome.output


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from flagger.cli.main import app; "
        "print([n for n in ('numpy','pyarrow','flagger.scorer','pydantic','yaml') if n in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_explain_as_json_is_the_result_in_one_line(stand_in):
    outcome = run("explain", POST, "--json")
    assert outcome.exit_code == 0
    assert outcome.stdout.count("\n") == 1
    assert msgspec.json.decode(outcome.stdout_bytes) == StandInScorer()(POST).to_dict()


@pytest.mark.parametrize(("content", "post"), [("hai\ndòng\n", "hai\ndòng"), (b"\xff\r\n", "\ufffd"), (b"", "")])
def test_explain_reads_the_standard_input(stand_in, content, post):
    outcome = run("explain", "-", "--json", input=content)
    assert msgspec.json.decode(outcome.stdout_bytes)["text"] == post


def test_explain_takes_arguments_that_are_not_unicode(stand_in):
    assert msgspec.json.decode(run("explain", "a\udcff", "--json").stdout_bytes)["text"] == "a\ufffd"


@pytest.mark.parametrize(("language", "word"), [("en", "hearsay"), ("vi", "chưa kiểm chứng")])
def test_explain_for_people(stand_in, language, word):
    outcome = run("explain", POST, "--lang", language)
    assert outcome.exit_code == 0
    assert "Thanh Oai" in outcome.stdout
    assert "Hà Nội" in outcome.stdout
    assert (word in outcome.stdout) == (language == "vi")


def test_unknown_language(stand_in):
    assert run("explain", POST, "--lang", "fr").exit_code == 2


@pytest.mark.parametrize(
    ("name", "content"), [("p.jsonl", '{"text": "một"}\n{"text": null}\n{"text": "ba"}\n'), ("p.csv", "text\nmột\n\n")]
)
def test_explain_reads_a_file(stand_in, tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    outcome = run("explain", str(path), "--json")
    assert outcome.exit_code == 0
    rows = [msgspec.json.decode(line) for line in outcome.stdout_bytes.splitlines()]
    assert rows[0] == StandInScorer()("một").to_dict()
    assert "null" in rows[1]["error"] if name == "p.jsonl" else rows[1:] == []


def test_explain_shows_the_first_posts_of_a_file_and_says_so(stand_in, tmp_path):
    path = tmp_path / "posts.csv"
    path.write_text("post\n" + "".join(f"bài số {number}\n" for number in range(5)), encoding="utf-8")
    outcome = run("explain", str(path), "--text-column", "post", "--limit", "2", "--lang", "vi")
    assert "bài số 1" in outcome.stdout
    assert "bài số 2" not in outcome.stdout
    assert "chưa kiểm chứng" in outcome.stdout
    assert "first 2" in outcome.stderr
    assert "more posts" not in run("explain", str(path), "--text-column", "post").stderr
    assert run("explain", str(path)).exit_code == 2


@pytest.mark.parametrize("post", ["x" * 5000, "xem bài.csv", "https://a.vn/b.csv", "a\0b"])
def test_a_post_is_no_file(stand_in, post):
    assert msgspec.json.decode(run("explain", post, "--json").stdout_bytes)["text"] == post


@pytest.mark.parametrize("name", ["none.csv", "none.JSONL.gz", "a/none.txt"])
def test_explain_a_file_that_is_not_there(stand_in, name):
    outcome = run("explain", name)
    assert outcome.exit_code == 2
    assert f"No file at '{name}'" in outcome.stderr


@pytest.mark.parametrize("post", ["", ".", "..", "bão", "bai"])
def test_a_post_that_is_the_name_of_a_folder_or_of_nothing_is_a_post(stand_in, tmp_path, monkeypatch, post):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bão").mkdir()
    (tmp_path / "bai").touch()
    pq.write_table(pa.table({"text": ["một"]}), tmp_path / "a.parquet")
    outcome = run("explain", post, "--json")
    assert outcome.exit_code == 0, outcome.stderr
    assert msgspec.json.decode(outcome.stdout_bytes)["text"] == post


def test_a_file_is_named_by_its_path_its_ending_or_its_format(stand_in, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("bai.txt", "bai hay.txt", "bai"):
        (tmp_path / name).write_text("một\n", encoding="utf-8")
    for arguments in (["bai.txt"], ["bai hay.txt"], ["./bai.txt"], ["bai", "--format", "text"]):
        assert msgspec.json.decode(run("explain", *arguments, "--json").stdout_bytes)["text"] == "một"
    outcome = run("explain", "./bai")
    assert outcome.exit_code == 2
    assert "--format" in outcome.stderr


def test_nothing_is_printed_before_it_is_known_that_gradients_can_be_taken(request, tmp_path, monkeypatch):
    loaded = request.getfixturevalue("flagger")
    path = tmp_path / "posts.jsonl"
    path.write_text('{"text": null}\n{"text": "Nghe nói có bão"}\n', encoding="utf-8")
    monkeypatch.setattr(flagger.scorer.Flagger, "from_pretrained", lambda *a, **k: loaded)
    monkeypatch.delitem(sys.modules, "flagger.encoder.gradients", raising=False)
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    monkeypatch.setattr(loaded.pipeline.attributor, "_gradients", None)
    outcome = run("explain", str(path), "--attribution", "gradients")
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert 'pip install ".[explain]"' in outcome.stderr


def test_explain_reads_a_folder_of_parquet(stand_in, tmp_path):
    pq.write_table(pa.table({"text": ["một"]}), tmp_path / "a.parquet")
    outcome = run("explain", str(tmp_path), "--json")
    assert msgspec.json.decode(outcome.stdout_bytes)["text"] == "một"


@pytest.mark.parametrize(
    "arguments",
    [
        ["explain", POST, "--text-column", "zz"],
        ["explain", POST, "--limit", "3"],
        ["explain", "", "--format", "csv"],
        ["explain", POST, "--revision", "main"],
        ["info", "--revision", "main"],
        ["report", "scored.csv", "-o", "page.html", "--revision", "main"],
    ],
)
def test_options_that_would_not_be_used_are_refused(stand_in, arguments):
    outcome = run(*arguments)
    assert outcome.exit_code == 2
    assert f"would not use {arguments[-2]}" in outcome.stderr


def test_the_ways_of_attribution_are_the_encoders():
    assert [item.value for item in AttributionChoice] == [item.value for item in Attribution]


@pytest.mark.parametrize(
    ("language", "words"), [("en", ["hearsay", "rule or place"]), ("vi", ["tin nghe lại", "quận"])]
)
def test_match_speaks_both_languages(language, words):
    outcome = run("match", POST, "--lang", language)
    assert all(word in outcome.stdout for word in words)


def test_match_needs_no_model(monkeypatch):
    monkeypatch.delattr(flagger.scorer.Flagger, "from_pretrained")
    outcome = run("match", POST, "--json")
    found = msgspec.json.decode(outcome.stdout_bytes)
    assert outcome.stdout.count("\n") == 1
    assert all(POST[hit["start"] : hit["end"]] == hit["text"] for hit in found["hits"] + found["places"])
    assert "hearsay" in {hit["name"] for hit in found["hits"]}
    assert "Thanh Oai" in {place["text"] for place in found["places"]}
    shown = run("match", POST).stdout
    assert "Nghe nói" in shown
    assert "Thanh Oai" in shown
    assert "no rule and no place" in run("match", "...").stdout


def fake_report(*problems):
    return SimpleNamespace(
        ok=not problems, problems=problems, entries=2, patterns=3, to_dict=lambda: {"ok": not problems}
    )


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("bad", [False, True])
def test_lexicon_check(monkeypatch, as_json, bad):
    problem = SimpleNamespace(entry_id="hearsay.x", kind="dead", message="is never found")
    monkeypatch.setattr(
        flagger.lexicon, "check_lexicon", lambda rules, corpus=None: fake_report(*[problem] if bad else [])
    )
    outcome = run("lexicon", "check", *["--json"] if as_json else [])
    assert outcome.exit_code == (1 if bad else 0)
    if as_json:
        assert msgspec.json.decode(outcome.stdout) == {"ok": not bad}
    else:
        assert ("hearsay.x: dead: is never found" in outcome.stdout) == bad


def test_lexicon_check_reads_a_corpus_and_a_folder(monkeypatch, tmp_path):
    seen = {}

    class Rules:
        def with_folder(self, folder):
            seen["folder"] = folder
            return self

    def check(rules, corpus=None):
        seen["corpus"] = list(corpus)
        return fake_report()

    monkeypatch.setattr(flagger.lexicon.Lexicon, "default", Rules)
    monkeypatch.setattr(flagger.lexicon, "check_lexicon", check)
    arguments = ("lexicon", "check", str(tmp_path), "--corpus", str(tmp_path / "corpus.csv"), "--text-column", "body")
    (tmp_path / "corpus.csv").write_text("body\n" + "a\n" * 200 + '"b\n')
    outcome = run(*arguments)
    assert outcome.exit_code == 0, outcome.output
    assert seen == {"folder": tmp_path, "corpus": ["a"] * 200}
    (tmp_path / "corpus.csv").write_text("body\na\n")
    outcome = run(*arguments)
    assert outcome.exit_code == 2
    assert "too few" in outcome.stderr


def test_lexicon_that_breaks_the_schema(monkeypatch):
    def refuse():
        raise LexiconError("x.yaml:3: no such cue.\nTake another.")

    monkeypatch.setattr(flagger.lexicon.Lexicon, "default", refuse)
    outcome = run("lexicon", "check")
    assert outcome.exit_code == 2
    assert outcome.stderr == "flagger: x.yaml:3: no such cue. Take another.\n"


def test_info(monkeypatch):
    facts = {
        "flagger": "1",
        "model": {"folder": "f", "thresholds": {"unverified": {"flag": 0.5}}},
        "labels": ["a", "b"],
    }
    monkeypatch.setattr(flagger.cli.info, "gather", lambda *a: facts)
    assert msgspec.json.decode(run("info", "--json").stdout) == facts
    assert run("info").stdout.splitlines() == [
        "flagger: 1",
        "model:",
        "  folder: f",
        "  thresholds:",
        "    unverified:",
        "      flag: 0.5",
        "labels: a, b",
    ]


def test_info_shows_the_main_figures_and_all_on_request(monkeypatch):
    axis = {"roc_auc": 0.9, "average_precision": 0.8, "positives": 3, "at_flag": {"precision": 0.7}}
    figures = {"method": "folds", "posts": 9, "unverified": axis, "slices": {"short": {"posts": 2}}}
    facts = {"flagger": "1", "model": {"folder": "f", "metrics": figures}}
    monkeypatch.setattr(flagger.cli.info, "gather", lambda *a: facts)
    assert run("info").stdout.splitlines() == [
        "flagger: 1",
        "model:",
        "  folder: f",
        "  metrics:",
        "    method: folds",
        "    posts: 9",
        "    unverified: roc_auc 0.9, average_precision 0.8, positives 3",
        "    more: flagger info --metrics",
    ]
    everything = run("info", "--metrics").stdout
    assert "precision: 0.7" in everything
    assert "short:" in everything
    for options in ([], ["--metrics"]):
        assert msgspec.json.decode(run("info", "--json", *options).stdout) == facts


def test_info_of_the_model_inside_is_short():
    outcome = run("info")
    assert outcome.exit_code == 0
    assert len(outcome.stdout.splitlines()) < 60


def test_info_of_a_folder_that_is_no_model(tmp_path):
    outcome = run("info", "--model", str(tmp_path))
    assert outcome.exit_code == 2
    assert "flagger.json" in outcome.stderr


def test_evaluate(monkeypatch):
    calls = []

    def evaluate_file(path, *, authored=None, progress=None):
        calls.append((str(path), authored))
        if progress:
            progress("fold 1")
        return SimpleNamespace(to_dict=lambda: {"posts": 3}, render=lambda: "3 posts")

    monkeypatch.setattr(flagger.evaluation, "evaluate_file", evaluate_file)
    outcome = run("evaluate", "x.jsonl", "--retrain", "--json")
    assert (outcome.stdout, outcome.stderr) == ('{"posts":3}\n', "fold 1\n")
    outcome = run("evaluate", "x.jsonl", "--retrain", "--quiet")
    assert (outcome.stdout, outcome.stderr) == ("3 posts\n", "")
    assert calls == [("x.jsonl", ())] * 2


def test_evaluate_judges_a_model(monkeypatch):
    calls = []

    def evaluate_model(model, path, **options):
        calls.append((model.encoder is not None, str(path), options["against"], options["more"]))
        return SimpleNamespace(to_dict=lambda: {"posts": 3}, render=lambda: "3 posts")

    monkeypatch.setattr(flagger.evaluation, "evaluate_model", evaluate_model)
    assert run("evaluate", "x.jsonl", "--quiet").stdout == "3 posts\n"
    assert calls == [(True, "x.jsonl", {}, [])]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--labels", "y.jsonl", "--texts", "z.jsonl"], "--labels, --texts"),
        (["--against", "other"], "--against"),
        (["--curves", "curves.png"], "--curves"),
        (["--model", "other"], "--model"),
        (["--model", "other", "--noise", "--against", "another"], "--against"),
    ],
)
def test_evaluate_retrain_refuses_what_it_would_not_read(monkeypatch, options, named):
    monkeypatch.setattr(flagger.evaluation, "evaluate_file", None)
    outcome = run("evaluate", "x.jsonl", "--retrain", *options)
    assert outcome.exit_code == 2
    assert f"would not use {named};" in outcome.stderr


@pytest.mark.parametrize("options", [["--against", "other"], []])
def test_evaluate_a_model_without_a_record_refuses_what_it_would_not_read(monkeypatch, options):
    model = SimpleNamespace(record=None)
    monkeypatch.setattr(flagger.model_folder, "read_model_folder", lambda folder: model)
    report = SimpleNamespace(to_dict=lambda: {}, render=lambda: "3 posts")
    monkeypatch.setattr(flagger.evaluation, "evaluate_file", lambda *_, **__: report)
    outcome = run("evaluate", "x.jsonl", *options)
    assert outcome.exit_code == (2 if options else 0)
    assert ("would not use --against" in outcome.stderr) == bool(options)


def test_evaluate_refuses_to_compare_with_a_model_without_a_record(monkeypatch, tmp_path):
    read = flagger.model_folder.read_model_folder
    monkeypatch.setattr(
        flagger.model_folder,
        "read_model_folder",
        lambda folder: SimpleNamespace(record=None) if folder == tmp_path else read(folder),
    )
    (tmp_path / "x.jsonl").write_text('{"text": "a", "local": 1}\n', encoding="utf-8")
    outcome = run("evaluate", str(tmp_path / "x.jsonl"), "--against", str(tmp_path))
    assert outcome.exit_code == 2
    assert "does not say which posts it was trained on" in outcome.stderr


def test_export_refuses_what_it_would_not_read(tmp_path):
    outcome = run("export", "model", "-o", str(tmp_path / "out"), "--limit", "5")
    assert outcome.exit_code == 2
    assert "would not use --limit;" in outcome.stderr


def test_export_again_takes_no_precision(tmp_path):
    pytest.importorskip("torch")
    posts = tmp_path / "posts.jsonl"
    posts.write_text('{"text": "a"}\n', encoding="utf-8")
    folder = str(flagger.scorer.default_model_folder())
    options = ("--settle-on", str(posts), "--precision", "float32", "-q")
    outcome = run("export", folder, "-o", str(tmp_path / "out"), *options)
    assert outcome.exit_code == 2
    assert "is exported" in outcome.stderr
    assert "--precision" in outcome.stderr
    assert not (tmp_path / "out").exists()


@pytest.fixture
def train_calls(monkeypatch):
    recipe = pytest.importorskip("flagger.recipes.default_model")
    calls = []

    def train_model(path, folder, *, authored=(), more=(), progress=None):
        calls.append((str(path), str(folder), [str(file) for file in authored]))
        if progress:
            progress("fold 1")
        return SimpleNamespace(to_dict=lambda: {"posts": 3}, render=lambda: "3 posts")

    monkeypatch.setattr(recipe, "train_model", train_model)
    return calls


def test_train(train_calls, tmp_path):
    target = str(tmp_path / "new" / "model")
    outcome = run("train", "x.jsonl", "-o", target, "--authored", "a.jsonl", "--authored", "b.jsonl", "--json")
    assert (outcome.exit_code, outcome.stdout, outcome.stderr) == (0, '{"posts":3}\n', "fold 1\n")
    outcome = run("train", "x.jsonl", "-o", target, "--quiet")
    assert (outcome.exit_code, outcome.stdout, outcome.stderr) == (0, "3 posts\n", "")
    assert train_calls == [("x.jsonl", target, ["a.jsonl", "b.jsonl"]), ("x.jsonl", target, [])]


@pytest.mark.parametrize(
    ("target", "message"),
    [("file", "it is a file"), ("file/model", "no folder that you may write to"), ("full", "holds other files")],
)
def test_train_checks_the_folder_first(train_calls, tmp_path, target, message):
    (tmp_path / "file").touch()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.doc").touch()
    outcome = run("train", "x.jsonl", "-o", str(tmp_path / target))
    assert outcome.exit_code == 2
    assert message in outcome.stderr
    assert train_calls == []


def test_train_goes_over_an_older_model(train_calls, tmp_path):
    (tmp_path / "flagger.json").touch()
    assert run("train", "x.jsonl", "-o", str(tmp_path)).exit_code == 0


@pytest.mark.parametrize("command", [["evaluate", "x.jsonl"], ["train", "x.jsonl", "-o", "model"]])
@pytest.mark.parametrize(("missing", "is_of_the_extra"), [("sklearn.metrics", True), ("scipy", True), ("nose", False)])
def test_only_packages_of_the_extra_are_named(monkeypatch, tmp_path, command, missing, is_of_the_extra):
    def refuse(path, *arguments, **options):
        raise ModuleNotFoundError(f"No module named '{missing}'", name=missing)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(flagger.evaluation, "evaluate_model", refuse)
    monkeypatch.setattr(pytest.importorskip("flagger.recipes.default_model"), "train_model", refuse)
    outcome = run(*command)
    assert ('pip install ".[train]" in the folder' in outcome.stderr) == is_of_the_extra
    assert (outcome.exit_code == 2) == is_of_the_extra


def test_evaluate_without_the_extra(monkeypatch):
    def evaluate_model(model, path, **options):
        raise ModuleNotFoundError("No module named 'sklearn'", name="sklearn")

    monkeypatch.setattr(flagger.evaluation, "evaluate_model", evaluate_model)
    outcome = run("evaluate", "x.jsonl")
    assert outcome.exit_code == 2
    assert 'pip install ".[train]" in the folder' in outcome.stderr
