import { statfsSync } from "node:fs";
import { freemem, totalmem } from "node:os";
import type { Environment } from "../../config/index.ts";
import { bytesText } from "../quantity.ts";
import { type Check, type Finding, fail, ok, reasonOf, warn } from "./finding.ts";

const GIB = 1024 ** 3;

/** Oldest Node.js that runs the sources as they are; package.json says the same. */
const OLDEST_NODE = [22, 22] as const;

/** Node.js, platform, C library, memory, locale and allocator. */
export const checkMachine: Check = async ({ env }) => [
  nodeFinding(process.versions.node),
  platformFinding(process.platform, process.arch, glibcVersion()),
  memoryFinding(Math.min(process.constrainedMemory() || totalmem(), totalmem()), freemem()),
  localeFinding(env),
  allocatorFinding(env),
];

/** Whether this Node.js is new enough. */
export function nodeFinding(node: string): Finding {
  const [major = 0, minor = 0] = node.split(".").map(Number);
  const [wantedMajor, wantedMinor] = OLDEST_NODE;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return ok("node", node);
  return fail(
    "node",
    `${node} is too old`,
    `install Node.js ${OLDEST_NODE.join(".")} or newer: https://nodejs.org`,
  );
}

/** Whether the engine exists for this platform; `glibc` is undefined with another C library. */
export function platformFinding(platform: string, arch: string, glibc: string | undefined): Finding {
  const name = `${platform} ${arch}`;
  if (platform === "linux" && (arch === "x64" || arch === "arm64")) {
    if (glibc !== undefined) return ok("platform", `${name}, glibc ${glibc}`);
    return fail(
      "platform",
      `${name} without glibc`,
      "use a Debian-based image instead of Alpine: the engine needs glibc",
    );
  }
  if (platform === "darwin" && arch === "arm64") {
    return warn("platform", `${name}: for development`, "serve on Linux x64 or arm64");
  }
  const remedy = platform === "win32" ? "run it in WSL2" : "use Linux x64 or arm64";
  return fail("platform", `${name} is not supported`, remedy);
}

function glibcVersion(): string | undefined {
  // Without this the report resolves the names of all open connections.
  Object.assign(process.report, { excludeNetwork: true });
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime;
}

function memoryFinding(limit: number, free: number): Finding {
  const detail = `${bytesText(limit)} for this process, ${bytesText(free)} free`;
  if (Math.min(limit, free) >= GIB / 2) return ok("memory", detail);
  return warn("memory", detail, "give it 1 GiB or more, or serve fewer versions: --version-policy latest:1");
}

function localeFinding(env: Environment): Finding {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "not set";
  if (/utf-?8$|^(C|POSIX|not set)$/i.test(locale)) return ok("locale", locale);
  return warn("locale", `${locale} is not UTF-8`, "set LANG=C.UTF-8: names and texts are UTF-8 everywhere");
}

/** Each thread of glibc's allocator keeps memory of its own; freed models then stay in the process. */
function allocatorFinding(env: Environment): Finding {
  const arenas = env["MALLOC_ARENA_MAX"];
  if (arenas !== undefined) return ok("allocator", `MALLOC_ARENA_MAX=${arenas}`);
  if (process.platform !== "linux") return ok("allocator", "not glibc");
  return warn(
    "allocator",
    "MALLOC_ARENA_MAX is not set",
    "MALLOC_ARENA_MAX=2 sirve serve … keeps memory flat over reloads",
  );
}

/** Free space where `folder` lies. */
export function diskFinding(name: string, folder: string): Finding {
  try {
    const { bavail, bsize } = statfsSync(folder);
    const free = bavail * bsize;
    const detail = `${bytesText(free)} free in ${folder}`;
    return free >= GIB ? ok(name, detail) : warn(name, detail, "free some space: uploads and probes need it");
  } catch (thrown) {
    return warn(name, reasonOf(thrown), `make ${folder} readable`);
  }
}
