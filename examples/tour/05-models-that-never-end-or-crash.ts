/** A model that never ends costs its own request; an engine that is killed comes back; others go on meanwhile. */
import { readdirSync, readFileSync } from "node:fs";
import { demonstrate, prove, say, until } from "./kit.ts";

const FLIGHT = { origin: "ORD", destination: "MSP", distance: 334, hour: 13, dayOfWeek: 3, month: 6 };
const ARTIFACTS = "test/artifacts/models";

/** Processes whose parent is `pid`. */
const childrenOf = (pid: number) =>
  readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === pid;
    } catch {
      return false; // Ended between two looks.
    }
  });

await demonstrate(
  "5  A model that never ends, one that crashes",
  (folder) => {
    folder.add("flight-delay", 1, "examples/models/flight-delay/1/model.onnx");
    folder.add("endless", 1, `${ARTIFACTS}/endless-on-negative/1/model.onnx`);
    folder.add("fragile", 1, `${ARTIFACTS}/add-sub/1/model.onnx`, { engine: "stock" });
  },
  async ({ predict, pid }) => {
    const deadline = { "x-sirve-deadline-ms": "500" };
    const sentAt = performance.now();
    const never = predict("endless", { inputs: { x: [[-1, 0, 0, 0]] } }, deadline);
    const beside = await predict("flight-delay", { rows: [FLIGHT] });
    const { status, body } = await never;
    say(
      `the endless run: ${status} ${String(body["detail"])} after ${(performance.now() - sentAt).toFixed(0)} ms`,
    );
    prove("a run that never ends is stopped at its deadline of 500 ms", status === 504);
    prove("another model answered meanwhile", beside.status === 200);
    const again = await predict("endless", { inputs: { x: [[1, 1, 1, 1]] } });
    prove("the same model answers the next request", again.status === 200);

    const sums = { inputs: { INPUT0: [Array(16).fill(2)], INPUT1: [Array(16).fill(1)] } };
    prove("the fragile model answers", (await predict("fragile", sums)).status === 200);
    for (const child of childrenOf(pid)) process.kill(Number(child), "SIGKILL");
    say("its engine process was killed with SIGKILL");
    prove(
      "the server and its other models live",
      (await predict("flight-delay", { rows: [FLIGHT] })).status === 200,
    );
    await until("the engine to come back", async () => (await predict("fragile", sums)).status === 200);
    prove("the fragile model answers again", true);
  },
);
