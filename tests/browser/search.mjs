// Searches the status reference as people do, and prints what they see as JSON: node search.mjs CHROMIUM MODULES PAGE QUERY...
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [executablePath, modules, path, ...queries] = process.argv.slice(2);
const { chromium } = createRequire(join(modules, "package.json"))("playwright-core");
const address = pathToFileURL(path).href;
const quiet = ["background-networking", "component-update", "sync", "gpu"].map((each) => `--disable-${each}`);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", ...quiet] });
const errors = [];

async function open(url, options = {}) {
  const page = await browser.newPage(options);
  page.on("console", (message) => errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(url);
  return page;
}

const seen = (page) => page.evaluate(() => {
  const visible = (selector) => [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility());
  return {
    cards: visible("article").map((each) => each.id),
    sections: visible("h2").map((each) => each.parentElement.id),
    notes: visible(".note").length,
    message: document.querySelector("#found").textContent,
    query: document.querySelector("#search").value,
    fragment: location.hash,
  };
});

const page = await open(address);
const linked = await open("about:blank");
const found = { searches: [] };
for (const query of queries) {
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("/");
  await page.keyboard.insertText(query);
  const typed = await seen(page);
  await page.keyboard.press("Escape");
  await linked.goto("about:blank"); // or else the page would not be loaded again
  await linked.goto(`${address}#q=${encodeURIComponent(query)}`);
  found.searches.push({ typed, cleared: await seen(page), linked: await seen(linked) });
}

// The link to the content is no reason to end the search, and one to a hidden card is.
const changed = (hash) => linked.evaluate((hash) => new Promise((resolve) => {
  addEventListener("hashchange", () => resolve(), { once: true });
  location.hash = hash;
}), hash);
await linked.goto(`${address}#q=550`);
await changed("#main");
found.skipped = await seen(linked);
await changed("#5.7.1");
await linked.waitForFunction(() => {
  const { top } = document.getElementById("5.7.1").getBoundingClientRect();
  return top > document.querySelector("form").getBoundingClientRect().bottom && top < innerHeight;
}, null, { timeout: 5000 });
found.anchor = await seen(linked);

const plain = await open(address, { javaScriptEnabled: false });
found.unscripted = { cards: await plain.locator("article:visible").count(), forms: await plain.locator("form:visible").count() };
await browser.close();
console.log(JSON.stringify({ ...found, errors }));
