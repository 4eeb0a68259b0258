// Opens a page in Chromium as people see it, and prints what is wrong with it as JSON: node look.mjs CHROMIUM MODULES PAGE,
// where PAGE is a path or a URL of HTTP.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [executablePath, modules, place] = process.argv.slice(2);
const address = place.startsWith("http:") ? place : pathToFileURL(place).href;
const { chromium } = createRequire(join(modules, "package.json"))("playwright-core");
const axe = readFileSync(join(modules, "node_modules", "axe-core", "axe.min.js"), "utf8");
const quiet = ["background-networking", "component-update", "sync", "gpu"].map((each) => `--disable-${each}`);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", ...quiet] });
const found = {};
for (const [name, width, height] of [["desktop", 1280, 900], ["phone", 390, 844]]) {
  for (const colorScheme of ["light", "dark"]) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme, bypassCSP: true });
    const requests = [];
    const errors = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => errors.push(message.text()));
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.goto(address);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    // Every link, control and region that scrolls, reached by the Tab key alone, and seen when it is.
    const unreachable = await page.evaluate(() => document.querySelectorAll("a[href],button,input,select,summary,[tabindex='0']").length);
    const reached = new Set();
    const unseen = [];
    for (let presses = 0; presses < unreachable; presses++) {
      await page.keyboard.press("Tab");
      const focused = await page.evaluate(() => {
        const element = document.activeElement;
        const style = getComputedStyle(element);
        element.dataset.number ??= String(Math.random());
        return [element.dataset.number, style.outlineStyle, element.outerHTML.slice(0, 100)];
      });
      reached.add(focused[0]);
      if (focused[1] === "none") unseen.push(focused[2]);
    }
    await page.evaluate(axe);
    const { violations, passes } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
    const faults = violations.map(({ id, impact, nodes }) => [id, impact, nodes[0].html.slice(0, 200)]);
    found[`${name}, ${colorScheme}`] = {
      faults, requests: requests.slice(1), errors, overflow, unseen,
      rules: passes.length, unreachable: unreachable - reached.size,
      background: await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
    };
    await page.close();
  }
}
const page = await browser.newPage();
await page.goto(address);
found.printed = (await page.pdf({ format: "A4" })).length;
await browser.close();
console.log(JSON.stringify(found));
