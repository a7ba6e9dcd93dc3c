#!/usr/bin/env node
// Only what every Node.js understands stands here, so that an old one is told what it is.
import module from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 22)) {
  process.stderr.write(`error: sirve needs Node.js 22.22 or newer, this is ${process.versions.node}\n`);
  process.exitCode = 1;
} else {
  // Keeps compiled code for the next start, which then takes less than half the CPU time. Where the
  // folder cannot be written nothing is kept; NODE_COMPILE_CACHE and NODE_DISABLE_COMPILE_CACHE go first.
  const home = homeOrNothing();
  if (home !== undefined) module.enableCompileCache(join(home, ".cache", "sirve", "code"));
  // Output cut short by a reader, as in "sirve models list | head -1", is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  const { runCommandLine } = await import("./command-line.ts");
  process.exitCode = await runCommandLine(process.argv.slice(2));
}

/** Undefined for a user whom the system does not know, as in containers. */
function homeOrNothing(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}
