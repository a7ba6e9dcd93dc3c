import type { LoadTestOptions, LoadTestReport } from "../../../../src/client/index.ts";
import { client } from "../../data/client.ts";

/** Runs a load test to its end. @throws SirveError if the server refuses it. */
export async function runLoadTest(model: string, options: LoadTestOptions): Promise<LoadTestReport> {
  for await (const { event, data } of client.loadTest(model, options)) {
    if (event === "report") return data;
  }
  throw new Error("the test ended without a report");
}
