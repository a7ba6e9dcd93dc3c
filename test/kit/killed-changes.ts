import assert from "node:assert/strict";
import { type SirveClient, SirveError } from "../../src/client/index.ts";
import { addNoted } from "./registry-process.ts";

export const MODEL = "echo";

/** What a server has told, and the one change that it has not answered. */
export class ToldState {
  readonly versions = new Set<number>();
  champion = 0;
  pending: Change | undefined;
  /** Changes that were answered, over all lives. */
  answered = 0;
}

type Change =
  | { readonly kind: "add"; readonly note: string }
  | { readonly kind: "promote" | "delete"; readonly version: number }
  /** `version`: where the server said that it would go. */
  | { readonly kind: "rollback"; readonly version?: number | undefined }
  | { readonly kind: "backup" };

/** One change after the other, by chance, until the server is gone; what it confirms is put down in `state`. */
export async function changeUntilGone(
  client: SirveClient,
  state: ToldState,
  random: (below: number) => number,
): Promise<number> {
  for (let count = 0; ; count += 1) {
    try {
      state.pending = await foreseen(client, nextChange(state, random));
      await make(client, state, state.pending);
    } catch (thrown) {
      if (!(thrown instanceof SirveError) || thrown.status === 0) return count;
      // A refusal, such as of deleting what serves, changes nothing.
      assert.ok(thrown.status < 500, thrown.message);
    }
    state.pending = undefined;
    state.answered += 1;
  }
}

/** Where a roll back will go is asked before: afterwards nobody may be there to say it. */
async function foreseen({ admin }: SirveClient, change: Change): Promise<Change> {
  if (change.kind !== "rollback") return change;
  const { aliases } = await admin.listAliases({ params: { model: MODEL } });
  return { ...change, version: aliases.find(({ alias }) => alias === "champion")?.previous[0] };
}

function nextChange({ versions, champion }: ToldState, random: (below: number) => number): Change {
  const others = [...versions].filter((version) => version !== champion);
  const version = others[random(others.length || 1)];
  if (version === undefined || versions.size < 4) return { kind: "add", note: String(random(2 ** 30)) };
  const kinds = ["add", "promote", "promote", "rollback", "delete", "delete", "backup"] as const;
  const kind = kinds[random(kinds.length)] ?? "backup";
  if (kind === "add") return { kind, note: String(random(2 ** 30)) };
  return kind === "promote" || kind === "delete" ? { kind, version } : { kind };
}

async function make(client: SirveClient, state: ToldState, change: Change): Promise<void> {
  const { admin } = client;
  const params = { model: MODEL };
  if (change.kind === "add") {
    const version = await addNoted(client, MODEL, change.note);
    state.versions.add(version);
    state.champion ||= version;
  } else if (change.kind === "promote") {
    await admin.promote({ params, body: { version: change.version } });
    state.champion = change.version;
  } else if (change.kind === "rollback") {
    state.champion = (await admin.rollback({ params, body: {} })).version;
  } else if (change.kind === "delete") {
    await admin.deleteVersion({ params: { ...params, version: change.version } });
    state.versions.delete(change.version);
  } else {
    for await (const part of (await client.backup()) ?? []) assert.ok(part.length > 0);
  }
}

/** Checks what a server that has started again says, and takes that over as what was told. */
export async function checkTold(client: SirveClient, state: ToldState): Promise<void> {
  const params = { model: MODEL };
  const { versions } = await unlessNone(client.admin.listVersions({ params, query: { limit: 1000 } }), {
    versions: [],
  });
  const listed = new Set(versions.map(({ version }) => version));
  checkVersions(listed, state);
  const { aliases } = await unlessNone(client.admin.listAliases({ params }), { aliases: [] });
  const champions = aliases.filter(({ alias }) => alias === "champion").map(({ version }) => version);
  assert.equal(champions.length, listed.size > 0 ? 1 : 0, "exactly one champion");
  const [champion = 0] = champions;
  checkChampion(champion, state);
  for (const version of listed) {
    const { checks } = await client.admin.checkVersion({ params: { ...params, version } });
    assert.ok(
      checks.every(({ passed }) => passed),
      JSON.stringify(checks),
    );
  }
  if (champion !== 0) await checkAnswer(client, champion);
  state.versions.clear();
  for (const version of listed) state.versions.add(version);
  state.champion = champion;
  state.pending = undefined;
}

/** The model is not there before its first version is: killed so early, a server has nothing to tell. */
async function unlessNone<T>(asked: Promise<T>, nothing: NoInfer<T> | { [K in keyof T]?: [] }): Promise<T> {
  return asked.catch((thrown: unknown) => {
    if (thrown instanceof SirveError && thrown.status === 404) return nothing as T;
    throw thrown;
  });
}

function checkVersions(listed: ReadonlySet<number>, { versions, pending }: ToldState): void {
  const lost = [...versions].filter((version) => !listed.has(version));
  const more = [...listed].filter((version) => !versions.has(version));
  const mayBeLost = pending?.kind === "delete" ? [pending.version] : [];
  const surely = lost.filter((version) => !mayBeLost.includes(version));
  assert.deepEqual(surely, [], "what was added stays");
  assert.ok(more.length <= (pending?.kind === "add" ? 1 : 0), `versions ${more.join()} from nowhere`);
}

function checkChampion(champion: number, { champion: told, pending }: ToldState): void {
  const mayBe = new Map<string | undefined, boolean>([
    ["promote", pending?.kind === "promote" && champion === pending.version],
    ["rollback", pending?.kind === "rollback" && champion === pending.version],
    ["add", told === 0],
  ]).get(pending?.kind);
  assert.ok(champion === told || mayBe, `champion is ${champion}, told was ${told}`);
}

async function checkAnswer(client: SirveClient, champion: number): Promise<void> {
  const x = { name: "x", datatype: "FP32", shape: [1, 2], data: Float32Array.of(1, 2) } as const;
  const { version } = await client.infer(MODEL, { inputs: [x] });
  assert.equal(Number(version), champion, "the champion answers");
}
