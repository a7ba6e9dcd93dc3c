import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Deadline, systemClock } from "../../base/index.ts";
import { type Manifest, parseManifest } from "../../model/index.ts";
import { type Tensor, type Tensors, tensorOf } from "../../tensor/index.ts";
import type { Session } from "../contract.ts";
import { createPythonRuntime, type PythonRuntimeOptions } from "./runtime.ts";

/** What a test may do with a version in Python. */
export interface PythonScene {
  /** The folder in which all of it lies, removed at the end. */
  readonly folder: string;
  /** What its processes printed. */
  readonly printed: () => string;
  /** Writes a version's files and loads it; the first file is the one that it is. */
  readonly load: (files: Readonly<Record<string, string>>, manifest?: object) => Promise<Session>;
  /** The same for files that something writes into the version's folder; `main` is the one that it is. */
  readonly loadMade: (main: string, make: (folder: string) => unknown, manifest?: object) => Promise<Session>;
}

/** Runs `use` with a runtime and closes all that it opened. */
export async function withPython(
  use: (scene: PythonScene) => Promise<void>,
  options: Partial<PythonRuntimeOptions> = {},
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sirve-test-python-"));
  let printed = "";
  const runtime = createPythonRuntime({
    lanes: 2,
    allowCode: true,
    python: "python3",
    loadTimeoutMs: 60_000,
    buildTimeoutMs: 300_000,
    environment: process.env,
    print: (text) => (printed += text),
    clock: systemClock,
    ...options,
  });
  const open: Session[] = [];
  let count = 0;
  const loadMade: PythonScene["loadMade"] = async (main, make, manifest = {}) => {
    count += 1;
    const version = join(folder, String(count));
    mkdirSync(version);
    make(version);
    const path = join(version, main);
    const parsed: Manifest = parseManifest(JSON.stringify(manifest));
    const session = await runtime.load({ path, digest: "", bytes: 0, manifest: parsed }, new Deadline());
    open.push(session);
    return session;
  };
  const load: PythonScene["load"] = async (files, manifest) => {
    const write = (version: string) => {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(version, name), text);
    };
    return await loadMade(Object.keys(files)[0] ?? "", write, manifest);
  };
  try {
    await use({ folder, printed: () => printed, load, loadMade });
  } finally {
    for (const session of open) await session.close();
    await runtime.close();
    rmSync(folder, { recursive: true });
  }
}

/** A handler of one FP32 input "x" and one output "y", around a body of `predict`. */
export function handlerOf(body: string, { head = "", shape = "[-1, -1]" } = {}): string {
  const specs = `{"dtype": "FP32", "shape": ${shape}}`;
  return `${head}\ninputs = {"x": ${specs}}\noutputs = {"y": ${specs}}\ndef predict(inputs, state):\n${body.replaceAll(/^/gm, "    ")}\n`;
}

/** The input of {@link handlerOf}. */
export const row = (...values: readonly number[]): Tensors =>
  new Map([["x", tensorOf("FP32", [1, values.length], values)]]);

/** The values of its output. */
export const valuesOf = (outputs: Tensors): number[] => [
  ...((outputs.get("y") as Tensor<"FP32">).data ?? []),
];
