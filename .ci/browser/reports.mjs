// The reports that are looked at: one of each world, and one whose names want to be markup.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Names that would act if they were taken for markup, one for each syntax of the page. */
const HOSTILE = {
  power: `</script><img src=x onerror=alert(1)>`,
  water: `"><svg onload=alert(2)>`,
  telecom: `' onmouseover='alert(3)`,
  sewage: `</title><script>alert(4)</script>`,
  fuel: `<!--<script>[rows 0-3] javascript:alert(5)`,
  transport: `</style><style>*{display:none}</style>`,
  emergency: `{{ 7 * 7 }} {% raw %} **bold** \`code\` [x](javascript:alert(6))`,
  hospital: `\u202Etxt.exe\u202C \u0007\u001B]0;owned ${"long ".repeat(120)}`,
};

const WORLDS = [
  { name: "flood", args: ["flood", "--scenario", "contagion"], spreads: true },
  { name: "mesh", args: ["mesh", "--scenario", "connected"], spreads: true },
  { name: "coordination", args: ["coordination", "--scenario", "sector-outage"], spreads: true },
  { name: "systems", args: ["systems", "--scenario", "cascading-outage"], spreads: true },
  { name: "queue", args: ["queue", "--scenario", "retry-storm"], spreads: false },
];

/** Simulates the runs and writes their reports into a folder. */
export function reports(program, work, scenarios, execute) {
  mkdirSync(work, { recursive: true });
  const run = (...args) => execute(program, ["--quiet", ...args], { cwd: work, stdio: ["ignore", "ignore", "inherit"] });
  const made = WORLDS.map(({ name, args, spreads }) => {
    run("simulate", ...args, "-o", `${name}.parquet`);
    return { name, spreads };
  });
  // The contagion, its services renamed.
  let scenario = readFileSync(join(scenarios, "flood", "contagion.toml"), "utf8");
  for (const [name, hostile] of Object.entries(HOSTILE)) {
    scenario = scenario.replaceAll(`"${name}"`, quoted(hostile));
  }
  scenario = scenario.replace(/^description = .*$/m, `description = ${quoted("</main><img src=x onerror=alert(7)> [rows 1-2]")}`);
  writeFileSync(join(work, "hostile.toml"), scenario);
  run("simulate", "flood", "--scenario", "hostile.toml", "-o", "hostile.parquet");
  made.push({ name: "hostile", spreads: true });
  return made.map(({ name, spreads }) => {
    run("report", `${name}.parquet`, "--format", "html", "-o", `${name}.html`);
    return { name, spreads, file: join(work, `${name}.html`) };
  });
}

/** A TOML basic string. */
function quoted(text) {
  const escape = (c) => `\\u${c.codePointAt(0).toString(16).padStart(4, "0")}`;
  return `"${text.replace(/[\\"\u0000-\u001F\u007F\u202A-\u202E]/g, escape)}"`;
}
