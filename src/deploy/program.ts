import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { PlatformError } from "../base/index.ts";
import { EXTERNAL_PACKAGES, INSTALL_ONLY } from "./external-packages.ts";
import type { Architecture } from "./platform.ts";
import { diskFile, diskFolder, sorted, type Tree, textFile } from "./tree.ts";

/** A package that serving needs, as it was found. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** SHA-256 over its packaged files. */
  readonly digest: string;
}

/** Sirve as it runs elsewhere: its built files, and only what serving needs of other packages. */
export interface Program {
  readonly version: string;
  readonly own: Tree;
  readonly dependencies: Tree;
  readonly lock: readonly LockedPackage[];
}

/** What of a package.json is read here. */
interface PackageFile {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The program, and its page. */
const BUILT = ["dist/cli/main.js", "dist/web/index.html"];
const PAPERS = ["LICENSE", "NOTICE", "THIRD-PARTY-NOTICES.md"];

/**
 * The program in the package at `root`, with its dependencies for Linux on `architecture`.
 *
 * @throws PlatformError `failed_precondition` if it is not built, or packages for that platform are missing.
 */
export function collectProgram(root: string, architecture: Architecture): Program {
  const unbuilt = BUILT.find((path) => !existsSync(join(root, path)));
  if (unbuilt !== undefined) {
    throw new PlatformError("failed_precondition", "this Sirve runs from its sources and is not built", {
      field: "dist",
      got: `no ${unbuilt}`,
      hint: "npm run build",
    });
  }
  const { version } = readPackage(root);
  const own = [
    textFile("package.json", ownPackage(version)),
    ...PAPERS.map((name) => diskFile(name, join(root, name))),
    ...diskFolder("dist/cli", join(root, "dist/cli"), (name) => name.endsWith(".js")),
    ...diskFolder("dist/web", join(root, "dist/web"), () => true),
  ];
  const packages = [...closure(root, architecture)].map(([name, folder]) => ({
    folder,
    tree: packageTree(name, folder, architecture),
  }));
  const dependencies = packages.flatMap(({ tree }) => tree);
  const lock = packages.map(({ folder, tree }) => lockOf(folder, tree));
  return { version, own: sorted(own), dependencies: sorted(dependencies), lock };
}

const ownPackage = (version: string) =>
  `${JSON.stringify({ name: "sirve", version, type: "module", private: true, bin: { sirve: "dist/cli/main.js" } }, undefined, 2)}\n`;

/** Names and folders of all packages that serving needs, in the order of their names. */
function closure(root: string, architecture: Architecture): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (name: string, from: string, isOptional: boolean) => {
    if (found.has(name) || INSTALL_ONLY.has(name) || !mayRunOn(name, architecture)) return;
    const folder = folderOf(name, from);
    if (folder === undefined) {
      if (isOptional && !isNative(name, architecture)) return;
      throw missing(name, architecture);
    }
    found.set(name, folder);
    const { dependencies = {}, optionalDependencies = {} } = readPackage(folder);
    for (const next of Object.keys(dependencies)) visit(next, folder, next in optionalDependencies);
    for (const next of Object.keys(optionalDependencies)) visit(next, folder, true);
  };
  for (const name of EXTERNAL_PACKAGES) visit(name, root, false);
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Binaries of other systems stay out; a name without one is for all. */
function mayRunOn(name: string, architecture: Architecture): boolean {
  const isForSystem = /-(?:linux|linuxmusl|darwin|win32|freebsd|openbsd|android|webcontainers)-/.test(name);
  return !isForSystem || isNative(name, architecture);
}

const isNative = (name: string, architecture: Architecture) => name.endsWith(`-linux-${architecture}`);

/** Where `name` lies for an importer in `from`, as Node looks for it. */
function folderOf(name: string, from: string): string | undefined {
  const places = createRequire(join(from, "package.json")).resolve.paths(name) ?? [];
  return places.map((place) => join(place, name)).find((folder) => existsSync(join(folder, "package.json")));
}

/** Source maps, types, examples and other systems' binaries serve nothing. */
const UNUSED_FOLDER = /(?:^|\/)(?:node_modules|doc|docs|vendor|test|examples?|script|musl_[a-z0-9]+)\//;
const UNUSED_FILE =
  /\.(?:map|d\.[cm]?ts|ts|md|html|tgz|wasm|log|c|cc|cpp|h|hh|mm|inc|def|asm|S|gyp)$|CMakeLists\.txt$|swagger-ui-es|^log\./;
const LICENCE = /(?:^|\/)(?:licen[cs]e|notice|copying|third-party)[^/]*$/i;

function packageTree(name: string, folder: string, architecture: Architecture): Tree {
  const keep = (file: string) => {
    if (LICENCE.test(file)) return true;
    const [, system, processor] = /^bin\/napi-v\d+\/([^/]+)\/([^/]+)\//.exec(file) ?? [];
    if (system !== undefined) return system === "linux" && processor === architecture;
    return !UNUSED_FOLDER.test(file) && !UNUSED_FILE.test(file);
  };
  return diskFolder(`node_modules/${name}`, folder, keep);
}

function lockOf(folder: string, tree: Tree): LockedPackage {
  const { name, version, license = "see its files" } = readPackage(folder);
  const hash = createHash("sha256");
  for (const { path, content } of sorted(tree)) {
    const bytes = "path" in content ? readFileSync(content.path) : Buffer.alloc(0);
    hash.update(`${createHash("sha256").update(bytes).digest("hex")} ${path}\n`);
  }
  return { name, version, licence: license, digest: hash.digest("hex") };
}

function readPackage(folder: string): PackageFile {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PackageFile;
}

function missing(name: string, architecture: Architecture): PlatformError {
  return new PlatformError("failed_precondition", `${name} is not installed here`, {
    field: "node_modules",
    got: "nothing",
    expected: `the packages of Linux on ${architecture}`,
    hint: `npm install --os=linux --cpu=${architecture} --libc=glibc sirve in an empty folder, and package from there`,
  });
}
