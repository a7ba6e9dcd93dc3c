// Changes a registry at random until it is killed: node registry-worker.ts PLACE SEED. Says "opening" before it
// opens the records, and the id of the last change after each one that succeeded.
import { openDatabase } from "../../src/database/index.ts";
import { openRegistry, type Registry } from "../../src/registry/index.ts";
import { randomNumbers } from "./random-numbers.ts";

const [place = "", seed = "1"] = process.argv.slice(2);
const below = randomNumbers(Number(seed));
const actor = { id: "worker", requestId: "" };

process.stdout.write("opening\n");
const database = await openDatabase(place.startsWith("postgresql:") ? { url: place } : { file: place });
const registry = openRegistry({ database });
for (;;) {
  // What is refused, such as deleting a champion, has changed nothing.
  await change(registry).catch(() => {});
  process.stdout.write(`${await registry.lastChangeId()}\n`);
}

async function change(on: Registry): Promise<unknown> {
  const model = `model-${below(3)}`;
  const version = 1 + below(12);
  switch (below(9)) {
    case 0:
      return await on.deleteVersion(model, version, actor);
    case 1:
      return await on.deleteModel(model, { force: below(4) === 0 }, actor);
    case 2: {
      const variants = [{ name: "a", target: `${model}@${version}`, weight: 1 }];
      return await on.setEndpoint(`endpoint-${below(2)}`, { variants, salt: "" }, {}, actor);
    }
    case 3:
      return await on.deleteEndpoint(`endpoint-${below(2)}`, undefined, actor);
    case 4:
      return await on.moveAlias({ model, alias: "champion", version, kind: "rollback" }, actor);
    case 5:
    case 6:
      return await on.moveAlias({ model, alias: "champion", version, kind: "promote" }, actor);
    default:
      return await on.addVersion(newVersion(model), actor);
  }
}

function newVersion(model: string): Parameters<Registry["addVersion"]>[0] {
  const digest = below(2 ** 32)
    .toString(16)
    .padStart(64, "0");
  const files = [{ name: "model.onnx", digest, bytes: 1 }];
  return { model, files, signature: { inputs: [], outputs: [] }, metrics: {}, tags: {}, lineage: {} };
}
