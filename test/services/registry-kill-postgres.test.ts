import { test } from "node:test";
import { killWhile } from "../kit/kill-registry.ts";
import { freshPostgres } from "../kit/postgres.ts";
import { needs } from "../kit/require.ts";

const skip = needs("postgres");

test("servers killed while they change a registry on PostgreSQL leave it whole", { skip }, async (t) => {
  const postgres = await freshPostgres();
  t.after(() => postgres.drop());
  const place = { url: postgres.url };
  for (let round = 0; round < 12; round += 2) {
    await Promise.all([0, 1].map((other) => killWhile({ place, round: round + other, after: "changing" })));
  }
});

test("servers killed while they make a registry on PostgreSQL leave nothing, or all of it", {
  skip,
}, async () => {
  for (let round = 0; round < 8; round += 1) {
    const postgres = await freshPostgres();
    await killWhile({ place: { url: postgres.url }, round: round * 2, after: "opening" });
    await postgres.drop();
  }
});
