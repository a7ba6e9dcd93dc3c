import { readFile, stat } from "node:fs/promises";
import { PlatformError } from "../../base/index.ts";
import type { Runtime } from "../contract.ts";
import type { AskModel } from "./contract.ts";
import { parsePipeline } from "./pipeline-file.ts";
import { PipelineSession } from "./session.ts";

/** A graph of 64 steps has some ten kilobytes. */
const MAX_BYTES = 1024 * 1024;

/** So many that none waits for another: a pipeline in a pipeline would wait for itself. */
const AT_ONCE = 1_000_000;

/** Graphs of other models of this server, which `ask` reaches. */
export function createPipelineRuntime(ask: AskModel): Runtime {
  return {
    name: "pipeline",
    engine: "sirve pipelines",
    concurrency: AT_ONCE,
    load: async ({ path }, deadline) => {
      deadline.check();
      const { size } = await stat(path);
      if (size > MAX_BYTES) {
        throw new PlatformError(
          "failed_precondition",
          `pipeline.json has ${size} bytes, expected at most ${MAX_BYTES}`,
        );
      }
      return new PipelineSession(parsePipeline(await readFile(path, "utf8")), ask);
    },
    close: async () => {},
  };
}
