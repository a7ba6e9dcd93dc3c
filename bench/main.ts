/** npm run bench -- NAME [--rounds N] [--json FILE]: one benchmark under the measuring rule, or `all` but the peers. */
import { parseArgs } from "node:util";
import { engine } from "./engine.ts";
import { printResult, type Result, saveResult } from "./kit/report.ts";
import { latency } from "./latency.ts";
import { memory } from "./memory.ts";
import { overload } from "./overload.ts";
import { page } from "./page.ts";
import { peers } from "./peers/peers.ts";
import { promote } from "./promote.ts";
import { reload } from "./reload.ts";
import { shadow } from "./shadow.ts";
import { start } from "./start.ts";
import { tensor } from "./tensor.ts";
import { tiny } from "./tiny.ts";

const BENCHES: Readonly<Record<string, (rounds: number) => Promise<Result>>> = {
  engine,
  tiny,
  latency,
  tensor,
  reload,
  promote,
  shadow,
  memory,
  start,
  overload,
  page,
  peers,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "15" }, json: { type: "string" } },
});
const [name = ""] = positionals;
const names = name === "all" ? Object.keys(BENCHES).filter((one) => one !== "peers") : [name];

for (const one of names) {
  const bench = Object.hasOwn(BENCHES, one) ? BENCHES[one] : undefined;
  if (!bench) {
    process.stderr.write(`no benchmark "${one}"; there are ${Object.keys(BENCHES).join(", ")}, all\n`);
    process.exit(2);
  }
  const result = await bench(Number(values.rounds));
  process.stdout.write(`${printResult(result)}\n`);
  saveResult(result, values.json ?? `bench/results/${one}.json`);
}
