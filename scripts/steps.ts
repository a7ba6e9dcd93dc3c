import { spawnSync } from "node:child_process";

/** One command of a longer script. */
export interface Step {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** A step that runs a tool of node_modules/.bin. */
export function tool(title: string, name: string, ...args: readonly string[]): Step {
  return { title, command: `node_modules/.bin/${name}`, args };
}

/** A step that runs this Node. */
export function node(title: string, ...args: readonly string[]): Step {
  return { title, command: process.execPath, args };
}

/** Runs every step even after one has failed, prints what each took, and returns whether all passed. */
export function runSteps(steps: readonly Step[]): boolean {
  const failed: string[] = [];
  for (const { title, command, args } of steps) {
    const started = performance.now();
    const { status, signal, error } = spawnSync(command, args, { stdio: "inherit" });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const verdict = status === 0 ? "passed" : `FAILED (${error?.message ?? signal ?? `exit ${status}`})`;
    process.stdout.write(`${title}: ${verdict}, ${seconds} s\n`);
    if (status !== 0) failed.push(title);
  }
  process.stdout.write(`${steps.length - failed.length} passed, ${failed.length} failed\n`);
  return failed.length === 0;
}
