import { PlatformError } from "../../base/index.ts";
import type { Tensors } from "../../tensor/index.ts";
import type { Run, RunResult } from "../contract.ts";
import { probeRows } from "../row-probe.ts";
import { graphOf } from "./batch-slot.ts";
import { createSession } from "./create-session.ts";
import { openEngine } from "./engine.ts";
import { readPorts } from "./graph-port.ts";
import { GraphRunner } from "./graph-runner.ts";
import type { ProbeNote, ProbeTask } from "./probe-child.ts";
import { confirmSignature } from "./signature.ts";

/**
 * A process that tries one artifact, so that a crash or a flood of memory costs only this process.
 * It says what it is about to do; whoever started it watches the clock and the memory.
 */
process.once("message", (task: ProbeTask) => {
  // probe never rejects.
  void probe(task).then(() => process.disconnect?.());
});
tell({ kind: "ready" });

async function probe({ libraryPath, request, manifest, ...task }: ProbeTask): Promise<void> {
  try {
    const engine = openEngine(libraryPath);
    const reply = await createSession(engine, request);
    if (reply.kind !== "created") return tell({ kind: "refused", reply });
    const ports = readPorts(engine, reply.session);
    const signature = confirmSignature(task.signature, ports);
    const runner = new GraphRunner(engine, graphOf(reply.session, signature, ports));
    const start = (parts: readonly Tensors[]): Run => ({ done: run(runner, parts), terminate: () => {} });
    const found = await probeRows(signature, manifest, start);
    tell({ kind: "found", found, peakRssBytes: process.resourceUsage().maxRSS * 1024 });
  } catch (thrown) {
    const { code, message, details } = PlatformError.from(thrown);
    tell({ kind: "refused", reply: { kind: "refused", error: { code, message, details } } });
  }
}

async function run(runner: GraphRunner, parts: readonly Tensors[]): Promise<RunResult> {
  tell({ kind: "run" });
  return runner.run(parts);
}

function tell(note: ProbeNote): void {
  process.send?.(note);
}
