#!/usr/bin/env node
import { runCommandLine } from "./command-line.ts";

// Output cut short by a reader, as in "sirve models list | head -1", is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
process.exitCode = await runCommandLine(process.argv.slice(2));
