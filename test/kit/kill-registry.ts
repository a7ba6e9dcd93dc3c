import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type DatabasePlace, inspectStore, openDatabase } from "../../src/database/index.ts";
import { brokenInvariants } from "../../src/registry/index.ts";

const WORKER = fileURLToPath(import.meta.resolve("./registry-worker.ts"));

/** How long a worker is left alone after a moment: each round a little longer, so that kills fall everywhere. */
interface Kill {
  readonly place: DatabasePlace;
  readonly round: number;
  /** After it said that it opens the records, or after its first change. */
  readonly after: "opening" | "changing";
}

/**
 * Starts a process that changes a registry, ends it by SIGKILL, and checks what it leaves: nothing that was
 * answered is lost, nothing is half done, all invariants hold.
 */
export async function killWhile({ place, round, after }: Kill): Promise<void> {
  const child = spawn(
    process.execPath,
    [WORKER, "file" in place ? place.file : place.url, String(round + 1)],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const lines: string[] = [];
  await read(child, lines, after === "opening" ? 1 : 2);
  await new Promise((resolve) => setTimeout(resolve, round * 3));
  child.kill("SIGKILL");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  assert.equal(child.signalCode, "SIGKILL", "the worker ended by itself");
  await check(place, Number(lines.findLast((line) => /^\d+$/.test(line)) ?? 0));
}

/** Collects lines; resolves at the `count`th. */
async function read(child: ChildProcess, lines: string[], count: number): Promise<void> {
  const reader = createInterface({ input: child.stdout ?? assert.fail("no output") });
  await new Promise<void>((resolve, reject) => {
    reader.on("line", (line) => {
      lines.push(line);
      if (lines.length === count) resolve();
    });
    reader.on("close", () => reject(new Error("the worker ended too early")));
  });
}

async function check(place: DatabasePlace, answered: number): Promise<void> {
  const database = await openDatabase(place);
  await database.close();
  await inspectStore(place, async (records) => {
    assert.deepEqual(await brokenInvariants(records), []);
    const changes = await records.selectFrom("audit").select("id").execute();
    assert.ok(
      changes.length >= answered,
      `${changes.length} changes are left of ${answered} that were answered`,
    );
  });
}
