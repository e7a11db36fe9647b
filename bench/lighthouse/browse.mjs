// Runs Lighthouse on pages before and after optimize, compares what a browser shows of them, and asks axe about our own pages.
// node browse.mjs <jobs.json> <results.json>; jobs: [{name, before, after, own: [address]}]; one page after the other.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as chromeLauncher from "chrome-launcher";
import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--hide-scrollbars",
  "--force-prefers-reduced-motion",
  // Other sites are not there: the same on every machine, and at once.
  "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
];
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
// Lighthouse's slow 4G. The CPU is as fast as it is: made four times as slow, it would make noise four times as loud.
const THROTTLING = {
  rttMs: 150,
  throughputKbps: 1638.4,
  requestLatencyMs: 562.5,
  downloadThroughputKbps: 1474.56,
  uploadThroughputKbps: 675,
  cpuSlowdownMultiplier: 1,
};
const VIEW = { width: 1280, height: 1600 };
const SETTLED_MS = 1500;
const MOST_RUNS = 5;
const TOLERANCE = 8; // of a colour's 255

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

const [jobsFile, resultsFile] = process.argv.slice(2);
const executablePath = process.env.CHROME_PATH ?? "/usr/bin/chromium";

// Whoever ends this early ends the browsers with it.
process.on("SIGTERM", () => {
  chromeLauncher.killAll();
  process.exit(143);
});

/** Category scores (0 to 100) and verdicts by audit: true (passed), false, null (does not apply). */
async function judge(url) {
  const chrome = await chromeLauncher.launch({ chromeFlags: FLAGS, chromePath: executablePath });
  try {
    const options = {
      port: chrome.port,
      onlyCategories: CATEGORIES,
      throttling: THROTTLING,
      disableFullPageScreenshot: true,
      logLevel: "error",
    };
    const { lhr } = await lighthouse(url, options);
    const scores = Object.fromEntries(CATEGORIES.map((id) => [id, Math.round((lhr.categories[id].score ?? 0) * 100)]));
    const verdicts = Object.entries(lhr.audits).map(([id, { score, scoreDisplayMode, details }]) => {
      const listed = (details?.items ?? []).length > 0;
      const applies = !["notApplicable", "manual", "error"].includes(scoreDisplayMode) && score !== null;
      const passed = scoreDisplayMode === "informative" ? !listed : applies ? score >= 0.9 : null;
      const items = (details?.items ?? []).slice(0, 4).map((item) => item.node?.snippet ?? item.url ?? item.source ?? "");
      return [id, { passed, items }];
    });
    return { scores, verdicts: Object.fromEntries(verdicts), failed: lhr.runtimeError?.message };
  } finally {
    chrome.kill();
  }
}

async function screenshot(browser, url) {
  const page = await browser.newPage();
  await page.setViewport(VIEW);
  await page.goto(url, { waitUntil: "load", timeout: 30_000 });
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  const image = await page.screenshot({ encoding: "base64" });
  await page.close();
  return image;
}

/** The share of pixels that differ, in percent. */
async function difference(browser, one, other) {
  const page = await browser.newPage();
  const percent = await page.evaluate(
    async (images, tolerance) => {
      const [a, b] = await Promise.all(
        images.map(async (base64) => {
          const image = new Image();
          image.src = `data:image/png;base64,${base64}`;
          await image.decode();
          const canvas = new OffscreenCanvas(image.width, image.height);
          const context = canvas.getContext("2d");
          context.drawImage(image, 0, 0);
          return context.getImageData(0, 0, image.width, image.height).data;
        }),
      );
      let different = 0;
      for (let at = 0; at < a.length; at += 4)
        if ([0, 1, 2].some((part) => Math.abs(a[at + part] - b[at + part]) > tolerance)) different += 1;
      return (different / (a.length / 4)) * 100;
    },
    [one, other],
    TOLERANCE,
  );
  await page.close();
  return percent;
}

/** What axe finds on a page, in light and dark. */
async function barriers(browser, url) {
  const found = [];
  for (const scheme of ["light", "dark"]) {
    const page = await browser.newPage();
    await page.setBypassCSP(true);
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.goto(url, { waitUntil: "load", timeout: 30_000 });
    await page.addScriptTag({ path: AXE });
    const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
    if (passes.length === 0) throw new Error(`axe looked at nothing on ${url}`);
    const place = (node) => node.target.join(" ");
    found.push(...violations.map(({ id, impact, nodes }) => ({ url, scheme, id, impact, at: place(nodes[0]) })));
    await page.close();
  }
  return found;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Before and after; where a score seems to drop, the medians of up to five runs of both, in turn. */
async function compare({ before, after }) {
  const runs = { before: [await judge(before)], after: [await judge(after)] };
  const medians = () =>
    Object.fromEntries(
      Object.entries(runs).map(([when, judged]) => [
        when,
        Object.fromEntries(CATEGORIES.map((id) => [id, median(judged.map(({ scores }) => scores[id]))])),
      ]),
    );
  const drops = () => CATEGORIES.some((id) => medians().after[id] < medians().before[id]);
  while (drops() && runs.before.length < MOST_RUNS) {
    runs.before.push(await judge(before));
    runs.after.push(await judge(after));
  }
  const failed = [...runs.before, ...runs.after].find((run) => run.failed)?.failed;
  const { before: was, after: is } = medians();
  const fast = runs.before.map(({ scores }) => scores.performance);
  const spread = Math.max(...fast) - Math.min(...fast);
  return { was, is, spread, verdicts: runs.before[0].verdicts, later: runs.after[0].verdicts, runs: runs.before.length, failed };
}

const browser = await puppeteer.launch({ executablePath, args: FLAGS });
const results = [];
for (const job of JSON.parse(readFileSync(jobsFile, "utf8"))) {
  const [first, second, improved] = [
    await screenshot(browser, job.before),
    await screenshot(browser, job.before),
    await screenshot(browser, job.after),
  ];
  const pixels = { noise: await difference(browser, first, second), changed: await difference(browser, first, improved) };
  const own = [];
  for (const url of job.own) own.push(...(await barriers(browser, url)));
  const judged = await compare(job);
  results.push({ name: job.name, pixels, own: { pages: job.own.length, barriers: own }, ...judged });
  writeFileSync(resultsFile, JSON.stringify(results));
  console.log(job.name, JSON.stringify(judged.was), "→", JSON.stringify(judged.is), `${pixels.changed.toFixed(3)} %`);
}
await browser.close();
