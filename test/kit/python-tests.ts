import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { conformancePython } from "./require.ts";
import type { TestServer } from "./server.ts";

/** One line of run.py. */
interface Line {
  readonly name: string;
  readonly problems: readonly string[];
}

export interface PythonModule {
  /** Folder of test/conformance. */
  readonly folder: string;
  readonly module: string;
  /** There must be so many tests, lest none be found and all pass. */
  readonly least: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs every test of a Python module against a server, each as a subtest. */
export async function runPythonTests(
  t: TestContext,
  server: TestServer,
  python: PythonModule,
): Promise<void> {
  const lines = await runPython(server, python);
  assert.ok(lines.length >= python.least, `${lines.length} tests ran, expected ${python.least} at least`);
  for (const { name, problems } of lines) {
    await t.test(name, () => assert.equal(problems.join("\n"), ""));
  }
}

async function runPython(server: TestServer, { folder, module, env = {} }: PythonModule): Promise<Line[]> {
  const args = ["test/conformance/run.py", `test/conformance/${folder}`, module];
  const child = spawn(conformancePython, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      SIRVE_HTTP: new URL(server.url).host,
      SIRVE_GRPC: server.grpc,
      PYTHONDONTWRITEBYTECODE: "1",
      ...env,
    },
  });
  const lines: Line[] = [];
  for await (const line of createInterface(child.stdout)) lines.push(parseLine(line));
  return lines;
}

function parseLine(line: string): Line {
  const parsed: unknown = JSON.parse(line);
  assert.ok(typeof parsed === "object" && parsed !== null && "name" in parsed && "problems" in parsed, line);
  assert.ok(typeof parsed.name === "string" && Array.isArray(parsed.problems), line);
  return { name: parsed.name, problems: parsed.problems.map(String) };
}
