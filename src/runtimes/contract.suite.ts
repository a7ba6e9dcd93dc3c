import { after, before, describe } from "node:test";
import { Deadline } from "../base/index.ts";
import type { Runtime, Session } from "./contract.ts";
import { testBatches, testChoices, testRuns } from "./contract-batches.suite.ts";
import { testFailures, testStopping } from "./contract-failures.suite.ts";
import { testRealModels } from "./contract-models.suite.ts";
import { testEdges, testValues } from "./contract-values.suite.ts";
import { fixture } from "./fixtures.suite.ts";
import type { CannotDo, Given } from "./suite-kit.suite.ts";

/** What every runtime must do. Each runtime's own test calls this once. */
export function describeRuntime(name: string, create: () => Promise<Runtime>, cannot: CannotDo = {}): void {
  describe(`runtime contract: ${name}`, () => {
    let runtime: Runtime;
    const open: Session[] = [];
    const load = async (model: string, version?: number): Promise<Session> => {
      const session = await runtime.load(await fixture(model, version), new Deadline());
      open.push(session);
      return session;
    };
    before(async () => (runtime = await create()));
    after(async () => {
      for (const session of open) await session.close();
      await runtime.close();
    });
    const given: Given = { load, runtime: () => runtime, cannot };
    testValues(given);
    testEdges(given);
    testBatches(given);
    testRuns(given);
    testChoices(given);
    testFailures(given);
    testStopping(given);
    testRealModels(given);
  });
}
