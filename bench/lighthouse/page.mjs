// Asks Lighthouse about the fleet page with a caller signed in: node page.mjs <address> <token>; prints scores and times as JSON.
import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const CATEGORIES = ["performance", "accessibility", "best-practices"];
const TIMES = ["first-contentful-paint", "largest-contentful-paint", "interactive", "total-blocking-time"];
// A desktop beside its server, with the CPU as fast as it is.
const THROTTLING = { rttMs: 40, throughputKbps: 10240, cpuSlowdownMultiplier: 1 };

const [address, token] = process.argv.slice(2);
const executablePath = process.env.CHROME_PATH ?? "/usr/bin/chromium";
const browser = await puppeteer.launch({ executablePath, args: ["--headless", "--no-sandbox"] });
const page = await browser.newPage();
await page.setViewport({ width: 1350, height: 940 });
await page.goto(address);
await page.type("#token", token);
await page.click("button[type=submit]");
await page.waitForSelector("tbody td.c-name");
const options = {
  formFactor: "desktop",
  screenEmulation: { disabled: true },
  disableStorageReset: true,
  onlyCategories: CATEGORIES,
  throttling: THROTTLING,
  logLevel: "error",
};
const { lhr } = await lighthouse(address, options, undefined, page);
const scores = Object.fromEntries(CATEGORIES.map((id) => [id, Math.round((lhr.categories[id].score ?? 0) * 100)]));
const times = Object.fromEntries(TIMES.map((id) => [id, lhr.audits[id].numericValue ?? 0]));
console.log(JSON.stringify({ scores, times }));
await browser.close();
