/** A shadow sees every request and never answers; what it would have said is compared. */
import { readFileSync } from "node:fs";
import { demonstrateRegistry, prove, say, until } from "./kit.ts";

const CUSTOMERS = JSON.parse(readFileSync("examples/data/customers.json", "utf8")) as object[];
const REQUESTS = 200;

interface Endpoint {
  readonly shadowReport?: {
    readonly sent: number;
    readonly dropped: number;
    readonly agreementRate: number | null;
    readonly largestDifference: number;
  };
  readonly answered: readonly {
    readonly variant: string;
    readonly version: number;
    readonly requests: number;
  }[];
}

await demonstrateRegistry("9  Shadow compare", async ({ sirve, predict, get }) => {
  for (const version of [1, 2]) {
    await sirve(
      "add",
      `examples/models/churn/${version}`,
      "--name",
      "churn",
      "--manifest",
      "examples/models/churn/model.json",
    );
  }
  await sirve("endpoints", "set", "customers", "--variant", "now=churn@1:100", "--shadow", "churn@2");
  const variants = new Set<string | null>();
  for (let i = 0; i < REQUESTS; i++) {
    const { headers } = await predict("customers", { rows: [CUSTOMERS[i % CUSTOMERS.length]] });
    variants.add(headers.get("x-sirve-variant"));
  }
  const endpoint = async () => (await get("/api/v1/endpoints/customers")) as Endpoint;
  await until("the shadow", async () => {
    const { sent = 0, dropped = 0 } = (await endpoint()).shadowReport ?? {};
    return sent + dropped >= REQUESTS;
  });
  const { shadowReport: report, answered } = await endpoint();
  say(
    `answered: ${answered.map((one) => `${one.variant} (version ${one.version}) ${one.requests} times`).join(", ")}`,
  );
  say(`the shadow repeated ${report?.sent} requests and dropped ${report?.dropped}`);
  say(`they agree in ${100 * (report?.agreementRate ?? 0)} %, at most ${report?.largestDifference} apart`);
  prove("the shadow never answered", variants.size === 1 && variants.has("now"));
  prove("two exports of one model agree in every answer", report?.agreementRate === 1);
});
