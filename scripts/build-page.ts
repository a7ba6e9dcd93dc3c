// Builds the web page into dist/web, with compressed copies of its files: as part of npm run build, and by npm start
// in a checkout when a source is newer than what was built ("--if-changed").
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const BUILT = "dist/web";
const SOURCES = ["web", "src/client", "src/base", "package-lock.json"];
/** A file smaller than a network packet gains nothing. */
const SMALL_BYTES = 1024;

if (!process.argv.includes("--if-changed") || isStale()) await buildPage();

async function buildPage(): Promise<void> {
  const { build } = await import("vite");
  await build({ root: "web", configFile: "web/vite.config.ts", logLevel: "error" });
  writeFileSync(join(BUILT, "licences.txt"), licences());
  for (const path of filesUnder(BUILT)) compress(path);
}

/** The licences of what is bundled; most of them ask that their text comes along. */
function licences(): string {
  const page = readFileSync("docs/dependencies.md", "utf8");
  const table = page.slice(page.indexOf("## In the web page"), page.indexOf("## Python packages"));
  const names = [...table.matchAll(/^\| ([a-z@/, -]+) \|/gm)].flatMap(([, cell = ""]) => cell.split(", "));
  return names
    .filter((name) => name !== "package")
    .map((name) => `${name}\n\n${licenceOf(join("node_modules", name))}`)
    .join(`\n\n${"-".repeat(72)}\n\n`);
}

function licenceOf(folder: string): string {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  if (!file) throw new Error(`${folder} brings no licence`);
  return readFileSync(join(folder, file), "utf8").trim();
}

function compress(path: string): void {
  const bytes = readFileSync(path);
  if (bytes.length < SMALL_BYTES || !/\.(?:js|css|html|svg|json)$/.test(path)) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}

function isStale(): boolean {
  const index = join(BUILT, "index.html");
  if (!existsSync(index)) return true;
  const built = statSync(index).mtimeMs;
  return SOURCES.flatMap(filesUnder).some((path) => statSync(path).mtimeMs > built);
}

function filesUnder(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}
