"""Every JSON output of the CLI against the published schemas in docs/schemas/, JUnit and SARIF
against the schemas of others in .ci/schemas/.

Outputs come from small runs ($INFRA_ANALYZE) and from the snapshots of the crate infra-report,
which its tests hold against the code. Each schema must also refuse: an unknown key, a missing one.
"""

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import jsonschema
from lxml import etree
from referencing import Registry, Resource

ROOT = Path(__file__).resolve().parent.parent
BINARY = os.environ.get("INFRA_ANALYZE", str(ROOT / "target/release/infra-analyze"))
RUNS = ROOT / "datasets/runs"
SNAPSHOTS = ROOT / "report/src/ci/snapshots"

SCHEMAS = {p.name.removesuffix(".schema.json"): json.loads(p.read_text()) for p in (ROOT / "docs/schemas").glob("*.json")}
REGISTRY = Registry().with_resources([(f"{n}.schema.json", Resource.from_contents(s)) for n, s in SCHEMAS.items()])
SARIF = json.loads((ROOT / ".ci/schemas/sarif-schema-2.1.0.json").read_text())
JUNIT = etree.XMLSchema(etree.parse(ROOT / ".ci/schemas/junit-10.xsd"))

failures = []
seen = set()


def fail(what, why):
    failures.append(f"{what}: {why}")


def validator(name):
    return jsonschema.Draft202012Validator(SCHEMAS[name], registry=REGISTRY)


def check(what, name, document):
    """Holds a document against a published schema; the schema must refuse what is not one."""
    seen.add(name)
    checker = validator(name)
    for error in sorted(checker.iter_errors(document), key=lambda e: e.json_path)[:5]:
        fail(what, f"{error.json_path}: {error.message[:300]}")
    for record in document if isinstance(document, list) else [document]:
        wrap = (lambda r: [r]) if isinstance(document, list) else (lambda r: r)
        if checker.is_valid(wrap({**record, "no such key": 1})):
            fail(what, f"{name} lets an unknown key pass")
        required = (SCHEMAS[name].get("items") or SCHEMAS[name])["required"]
        if any(checker.is_valid(wrap({k: v for k, v in record.items() if k != gone})) for gone in required):
            fail(what, f"{name} does not miss a required key")
        break


def check_named(what, document):
    """The same by the version that a document names, `infra-batch/1`."""
    check(what, document["schema"].replace("/", "-"), document)


def check_junit(what, text):
    document = etree.fromstring(text.encode())
    if not JUNIT.validate(document):
        fail(what, JUNIT.error_log.last_error)
    for suite in document:
        cases = suite.findall("testcase")
        counted = {"tests": len(cases)} | {
            plural: len(suite.findall(f"testcase/{one}"))
            for plural, one in [("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
        }
        given = {key: int(suite.get(key)) for key in counted}
        if counted != given:
            fail(what, f"suite {suite.get('name')!r} counts {given}, has {counted}")


def check_sarif(what, text):
    log = json.loads(text)
    checker = jsonschema.Draft7Validator(SARIF, format_checker=jsonschema.FormatChecker())
    for error in list(checker.iter_errors(log))[:5]:
        fail(what, f"{error.json_path}: {error.message[:300]}")
    for run in log["runs"]:
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        if len(rules) != len(set(rules)):
            fail(what, "a rule is there twice")
        for result in run["results"]:
            if rules[result["ruleIndex"]] != result["ruleId"]:
                fail(what, f"ruleIndex {result['ruleIndex']} is not {result['ruleId']}")
    # What GitHub takes: runs in a file, results shown of a run, bytes.
    if len(log["runs"]) > 25 or any(len(run["results"]) > 5000 for run in log["runs"]) or len(text) > 10_000_000:
        fail(what, "beyond GitHub's limits")


def cli(*arguments, codes=(0,)):
    done = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=600)
    if done.returncode not in codes:
        sys.exit(f"schemas: {' '.join(map(str, arguments))}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def closed(name, schema, path="$"):
    """Ours are closed: whoever lists properties forbids others."""
    if isinstance(schema, dict):
        if "properties" in schema and schema.get("type") == "object" and schema.get("additionalProperties") is not False:
            fail(name, f"{path} is open")
        for key, value in schema.items():
            closed(name, value, f"{path}.{key}")
    elif isinstance(schema, list):
        for i, value in enumerate(schema):
            closed(name, value, f"{path}[{i}]")


def outputs(work):
    """Every command that writes JSON, on small runs."""
    simulated = []
    for world in ["flood", "queue", "systems", "mesh", "coordination"]:
        run = work / f"{world}.parquet"
        cli("simulate", world, "-o", run)
        simulated.append(run)
    for run in [*sorted(RUNS.glob("*.parquet")), *simulated]:
        report = json.loads(cli("report", run, "--format", "json"))
        check_named(f"report {run.name}", report)
        check_named(f"findings of {run.name}", report["findings"])
        ranking = json.loads(cli("rank", run, "--format", "json"))
        check_named(f"rank {run.name}", ranking)
        check(f"inspect {run.name}", "infra-inspect-1", json.loads(cli("inspect", run, "--format", "json")))
        rows = cli("inspect", run, "--rows", "0-3", "--format", "json")
        check(f"inspect --rows {run.name}", "infra-rows-1", json.loads(rows))
        statistics = cli("inspect", run, "--statistics", "--format", "json")
        check_named(f"inspect --statistics {run.name}", json.loads(statistics))
        if ranking["ranking"]:
            why = ranking["ranking"][-1]["service"]
            check_named(f"rank --why {run.name}", json.loads(cli("rank", run, "--why", why, "--format", "json")))
    bundle = work / "bundle"
    tables = ROOT / "datasets/tables/contagion"
    cli("import", "tables", tables, "--config", tables / "map.toml", "-o", bundle)
    check("inspect bundle", "infra-inspect-1", json.loads(cli("inspect", bundle, "--format", "json")))
    check_named("report bundle", json.loads(cli("report", bundle, "--format", "json")))
    predictions = work / "predictions.json"
    check_named("evaluate", json.loads(cli("evaluate", RUNS, RUNS, "--format", "json", "--predictions", predictions)))
    check("predictions", "infra-predictions-1", json.loads(predictions.read_text()))
    check("config show", "infra-constants-1", json.loads(cli("config", "show", "--format", "json")))
    bench = cli("bench", "graph", "--case", "tree", "--runs", "1", "--format", "json", codes=(0, 1))
    check_named("bench graph", json.loads(bench))


def batch(work):
    """`batch` with every output for CI, if this version has the command."""
    if not list((ROOT / "cli/src/commands").glob("batch*")):
        print("schemas: no `batch` command in this version; its outputs are checked on snapshots only")
        return
    broken = work / "broken.parquet"
    broken.write_text("no Parquet file")
    out, junit, sarif = work / "batch", work / "junit.xml", work / "result.sarif"
    cli("batch", *sorted(RUNS.glob("*.parquet")), broken, "-o", out, "--junit", junit, "--sarif", sarif,
        "--fail-on", "verdict!=no_incident", "--fail-on", "slo_budget<0", codes=(1,))
    for path, checker in [(junit, check_junit), (sarif, check_sarif)]:
        if path.exists():
            checker(f"batch, {path.name}", path.read_text())
        else:
            fail("batch", f"did not write {path.name}")
    documents = [json.loads(path.read_text()) for path in sorted(out.rglob("*.json"))]
    for document in documents:
        check_named("batch", document)
    if not any(document["schema"] == "infra-batch/1" for document in documents):
        fail("batch", "wrote no infra-batch/1")


def compare():
    """`compare`, if this version has the command."""
    if not (ROOT / "cli/src/commands/compare.rs").exists():
        print("schemas: no `compare` command in this version")
        seen.add("infra-compare-1")
        return
    for one, other in [("reference", "contagion"), ("contagion", "contagion"), ("contagion", "late-policy")]:
        paths = [RUNS / f"flood-{name}.parquet" for name in (one, other)]
        check_named(f"compare {one} {other}", json.loads(cli("compare", *paths, "--format", "json")))
    check_named("compare folders", json.loads(cli("compare", RUNS, RUNS, "--format", "json")))


def snapshots():
    """What the crate's tests hold: ordinary and hostile names."""
    def text(name):
        return (SNAPSHOTS / f"infra_report__ci__tests__{name}.snap").read_text().split("---\n", 2)[2]

    for prefix in ["", "hostile_"]:
        check_junit(f"{prefix}junit snapshot", text(f"{prefix}junit"))
        check_sarif(f"{prefix}sarif snapshot", text(f"{prefix}sarif"))
        check_named(f"{prefix}json snapshot", json.loads(text(f"{prefix}json")))


def configuration():
    """The examples of the configuration file in docs/gates.md."""
    blocks = (ROOT / "docs/gates.md").read_text().split("```toml\n")[1:]
    for block in blocks:
        check("docs/gates.md", "infra-config-1", tomllib.loads(block.split("```")[0]))


def main():
    for name, schema in SCHEMAS.items():
        jsonschema.Draft202012Validator.check_schema(schema)
        closed(name, schema)
        if schema["$id"] != f"{name}.schema.json":
            fail(name, "its $id is not its file's name")
    with tempfile.TemporaryDirectory() as folder:
        outputs(Path(folder))
        batch(Path(folder))
    compare()
    snapshots()
    configuration()
    for name in sorted(SCHEMAS.keys() - seen):
        fail(name, "no output was held against it")
    for line in failures:
        print(f"schemas: {line}", file=sys.stderr)
    print(f"schemas: {len(seen)} schemas, {len(failures)} failures")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
