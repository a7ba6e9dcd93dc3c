import { createInterface } from "node:readline/promises";
import { PlatformError } from "../base/index.ts";

/** Asks on a terminal before something is destroyed; `--yes`, or no terminal, goes ahead. */
export async function confirm(question: string, isYes: boolean): Promise<void> {
  if (isYes || !process.stdin.isTTY || !process.stderr.isTTY) return;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question(`${question} [y/N] `);
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    lines.close();
  }
  throw new PlatformError("cancelled", "nothing was changed");
}
