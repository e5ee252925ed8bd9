// Opens HTML reports in Chromium and uses them as a reader would: with pointer, keyboard, screen
// reader (axe), phone and printer. Every check names the report it failed on.
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { reports } from "./reports.mjs";

const { INFRA_ANALYZE, PACKAGES, WORK, CHROMIUM, BROWSER_PICTURES } = process.env;
const require = createRequire(join(PACKAGES, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
const MOST_BYTES = 1_500_000;

let failed = 0;
let passed = 0;
let subject = "";
function check(what, holds, detail = "") {
  if (holds) passed += 1;
  else {
    failed += 1;
    console.error(`browser: ${subject}: ${what} FAILED ${detail}`);
  }
}

/** A page that watches itself: messages, errors, dialogs, requests. */
async function open(context, file) {
  const page = await context.newPage();
  const seen = { messages: [], dialogs: [], requests: [] };
  page.on("console", (m) => seen.messages.push(`${m.type()}: ${m.text()}`));
  page.on("pageerror", (e) => seen.messages.push(`exception: ${e}`));
  page.on("dialog", (d) => { seen.dialogs.push(d.message()); d.dismiss(); });
  page.on("request", (r) => seen.requests.push(r.url()));
  await page.goto(pathToFileURL(file).href);
  return { page, seen };
}

async function picture(page, name, options = {}) {
  if (!BROWSER_PICTURES) return;
  mkdirSync(BROWSER_PICTURES, { recursive: true });
  await page.screenshot({ path: join(BROWSER_PICTURES, `${name}.png`), ...options });
}

async function structure(page) {
  check("has one h1", (await page.locator("h1").count()) === 1);
  check("shows a verdict", (await page.locator("#verdict").innerText()).trim().length > 3);
  const levels = await page.$$eval("h1,h2,h3,h4", (all) => all.map((h) => Number(h.tagName[1])));
  check("headings skip no level", levels.every((l, i) => i === 0 || l <= levels[i - 1] + 1), levels.join(""));
  const targets = await page.$$eval("nav a", (links) => links.filter((a) => !document.querySelector(a.hash)).length);
  check("the table of contents leads somewhere", targets === 0);
  const ids = await page.$$eval("[id]", (all) => all.map((e) => e.id));
  check("ids are unique", new Set(ids).size === ids.length);
  const unnamed = await page.$$eval("svg", (all) => all.filter((s) => !s.querySelector("title")?.textContent || !s.querySelector("desc")).length);
  check("every picture has a title and a description", unnamed === 0);
  const outside = await page.$$eval("svg.chart", (all) => all.filter((svg) => {
    const [left, top, width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    const box = svg.getBBox();
    return box.x < left - 1 || box.y < top - 1 || box.x + box.width > left + width + 1 || box.y + box.height > top + height + 1;
  }).map((svg) => svg.id));
  check("nothing is drawn outside its picture", outside.length === 0, outside.join(", "));
  const wide = await page.$$eval("#picture-dependencies [data-node]", (all) => all.filter((g) => {
    const box = g.querySelector(".box").getBBox();
    return [...g.querySelectorAll("text:not(.badge-text)")].some((t) => t.getBBox().width > box.width);
  }).length);
  check("names fit into their boxes", wide === 0, `${wide} do not`);
}

async function evidence(page) {
  const cites = page.locator("a.cite");
  const count = await cites.count();
  check("cites rows", count > 0);
  const dangling = await page.$$eval("a.cite, .back a", (links) => links.filter((a) => !document.getElementById(a.hash.slice(1))).length);
  check("every citation leads to its rows, and back", dangling === 0, `${dangling} do not`);
  const empty = await page.$$eval(".excerpt", (all) => all.filter((e) => e.querySelectorAll("tbody td").length === 0).length);
  check("every excerpt holds rows", empty === 0);
  const first = cites.first();
  const hash = await first.evaluate((a) => a.hash);
  await first.click();
  await page.waitForFunction((h) => document.activeElement?.id === h, hash.slice(1));
  check("a citation jumps to its rows", (await page.evaluate(() => location.hash)) === hash);
  const inView = await page.locator(hash).evaluate((e) => { const b = e.getBoundingClientRect(); return b.top < innerHeight && b.bottom > 0; });
  check("the rows are in view", inView);
  const way = page.locator(`${hash} .back a.came`);
  check("the way back stands out", (await way.count()) === 1);
  await way.click();
  check("the way back leads back", (await page.evaluate(() => location.hash)) === (await first.evaluate((a) => "#" + a.id)));
}

async function replay(page, wanted) {
  const slider = page.locator("#replay-time");
  if (!(await slider.count())) {
    check("has a replay", !wanted);
    return;
  }
  check("the replay shows", await slider.isVisible());
  const state = () => page.evaluate(() => [
    document.querySelector("#replay-at").textContent,
    document.querySelector("#replay-say").textContent,
    [...document.querySelectorAll("[data-node]")].map((g) => Number(g.classList.contains("is-out"))).join(""),
  ]);
  await slider.focus();
  await page.keyboard.press("Home");
  const start = await state();
  await page.keyboard.press("End");
  // Home was the first instant: the service states must differ somewhere on the way.
  const seen = new Set([start[2]]);
  await page.keyboard.press("Home");
  const max = Number(await slider.getAttribute("max"));
  let changes = 0;
  let before = start[0];
  for (let i = 0; i < max; i += 1) {
    await page.keyboard.press("ArrowRight");
    const [at, , out] = await state();
    seen.add(out);
    changes += Number(at !== before);
    before = at;
  }
  check("arrow keys move the replay", changes >= Math.min(max, 1), `${changes} of ${max}`);
  check("the replay changes what is marked", seen.size > 1);
  const spoken = (await state())[1];
  check("the replay says what it shows", spoken.includes("band"), spoken);
  check("the slider tells its time", (await slider.getAttribute("aria-valuetext")) === (await state())[0]);
  await page.keyboard.press("Home");
  const play = page.locator("#replay-play");
  await play.focus();
  await page.keyboard.press("Enter");
  check("play becomes pause", (await play.innerText()) === "Pause");
  await page.waitForFunction((at) => document.querySelector("#replay-at").textContent !== at, start[0]);
  await page.keyboard.press("Enter");
  check("pause becomes play", (await play.innerText()) === "Play");
  await page.locator("#replay-whole").click();
  check("the whole incident is shown again", (await page.locator(".replaying").count()) === 0);
}

async function sorting(page) {
  const table = page.locator("table.sortable").first();
  const buttons = table.locator("th button");
  check("headers are buttons", (await buttons.count()) > 0);
  const header = table.locator("th[data-sort='number']").first();
  const values = () => table.evaluate((t) => {
    const column = [...t.tHead.rows[0].cells].findIndex((c) => c.dataset.sort === "number");
    return [...t.tBodies[0].rows].map((r) => Number(r.cells[column].dataset.value));
  });
  const up = await values();
  await header.locator("button").focus();
  await page.keyboard.press("Enter");
  check("sorting is told", (await header.getAttribute("aria-sort")) === "descending");
  check("sorting turns the order around", (await values()).join() === [...up].reverse().join());
  await page.keyboard.press("Enter");
  check("and back", (await values()).join() === up.join());
}

async function keyboard(page) {
  await page.evaluate(() => { document.activeElement?.blur(); scrollTo(0, 0); });
  await page.keyboard.press("Tab");
  check("the first stop skips to the report", (await page.evaluate(() => document.activeElement.className)) === "skip");
  await page.keyboard.press("Enter");
  check("and does", (await page.evaluate(() => document.activeElement.id)) === "main");
  const outline = await page.evaluate(() => {
    const link = document.querySelector("nav a");
    link.focus();
    return getComputedStyle(link).outlineStyle;
  });
  check("focus shows", outline !== "none");
}

async function accessible(page, scheme) {
  // Injected by the debugger: the page's own policy would forbid it, as it should.
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const told = found.violations.map((v) => `${v.id} (${v.nodes.length}): ${v.nodes[0].html.slice(0, 160)} ${v.nodes[0].failureSummary}`);
  check(`axe finds nothing (${scheme})`, told.length === 0, `\n  ${told.join("\n  ")}`);
}

async function noOverflow(page) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const culprits = over <= 0 ? [] : await page.$$eval("main *", (all) => all
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll"))
    .slice(0, 3).map((e) => e.outerHTML.slice(0, 120)));
  check("a phone need not scroll sideways", over <= 0, `${over} px; ${culprits.join(" | ")}`);
}

function inert(seen, file) {
  check("no message on the console", seen.messages.length === 0, seen.messages.join("; "));
  check("no dialog", seen.dialogs.length === 0, seen.dialogs.join("; "));
  const own = pathToFileURL(file).href;
  const others = seen.requests.filter((url) => url.split("#")[0] !== own);
  check("asks for nothing but itself", others.length === 0, others.join(", "));
}

/** Elements that no report of ours holds. */
async function noForeignElements(page) {
  const foreign = await page.$$eval("body *", (all) => all.filter((e) =>
    ["IMG", "IFRAME", "OBJECT", "EMBED", "FORM", "LINK", "BASE", "VIDEO", "AUDIO"].includes(e.tagName)
    || [...e.attributes].some((a) => a.name.startsWith("on") || /^\s*javascript:/i.test(a.value))).map((e) => e.outerHTML.slice(0, 100)));
  check("no element or handler came from the log", foreign.length === 0, foreign.join(" | "));
  const scripts = await page.$$eval("script", (all) => all.length);
  check("no further script", scripts <= 2, `${scripts}`);
}

async function printed(page, name) {
  const pdf = await page.pdf({ format: "A4", printBackground: true, preferCSSPageSize: true });
  if (BROWSER_PICTURES) writeFileSync(join(BROWSER_PICTURES, `${name}.pdf`), pdf);
  const pages = (pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g) ?? []).length;
  check("prints on several pages", pages >= 2 && pages < 120, `${pages}`);
}

async function static_(browser, file) {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: DESKTOP });
  const { page, seen } = await open(context, file);
  check("without script the picture is there", (await page.locator("svg.chart").count()) > 0);
  check("without script no control is shown that would not work", !(await page.locator("#replay-play").isVisible().catch(() => false)));
  check("without script nothing is missing", (await page.locator("main").innerText()).includes("Lessons and checks"));
  inert(seen, file);
  await context.close();
}

const files = reports(INFRA_ANALYZE, WORK, process.env.SCENARIOS, execFileSync);
const profile = mkdtempSync(join(WORK, "profile-"));
const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS, headless: true, env: { ...process.env, HOME: profile } });
try {
  for (const { name, file, spreads } of files) {
    subject = name;
    const size = statSync(file).size;
    check("is small enough to send", size < MOST_BYTES, `${size} bytes`);
    for (const colorScheme of ["light", "dark"]) {
      const context = await browser.newContext({ viewport: DESKTOP, colorScheme });
      const { page, seen } = await open(context, file);
      await picture(page, `${name}-${colorScheme}`, { fullPage: true });
      await accessible(page, colorScheme);
      if (colorScheme === "light") {
        await structure(page);
        await noForeignElements(page);
        await keyboard(page);
        await evidence(page);
        await replay(page, spreads);
        await sorting(page);
        await noForeignElements(page);
        await accessible(page, "after use");
      }
      inert(seen, file);
      await context.close();
    }
    const phone = await browser.newContext({ viewport: PHONE, isMobile: true, hasTouch: true, deviceScaleFactor: 2 });
    const { page, seen } = await open(phone, file);
    await noOverflow(page);
    await picture(page, `${name}-phone`, { fullPage: true });
    inert(seen, file);
    await phone.close();
    const paper = await browser.newContext({ viewport: DESKTOP });
    const print = await open(paper, file);
    await printed(print.page, name);
    await paper.close();
    await static_(browser, file);
    console.log(`browser: ${name}: looked at (${Math.round(size / 1000)} kB)`);
  }
} finally {
  await browser.close();
}
console.log(`browser: ${passed} checks passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
