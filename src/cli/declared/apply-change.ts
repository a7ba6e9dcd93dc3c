import type { SirveClient } from "../../client/index.ts";
import { uploadFiles } from "../artifact-files.ts";
import { uploadBar } from "../upload-bar.ts";
import type { Change } from "./plan-changes.ts";
import { actualState, type Wanted } from "./states.ts";

/** Makes one change. Repeating one that was made does no harm. */
export async function applyChange(server: SirveClient, change: Change, wanted: Wanted): Promise<void> {
  const { admin } = server;
  switch (change.kind) {
    case "add-version":
      return addVersion(server, change, wanted);
    case "move-alias":
      return moveAlias(server, change);
    case "change-model": {
      const { model, description, tags } = change;
      const body = { ...(description !== undefined && { description }), ...(tags && { tags }) };
      await admin.changeModel({ params: { model }, body });
      return;
    }
    case "tag-version": {
      const { model, version, tags } = change;
      await admin.changeVersion({ params: { model, version }, body: { tags } });
      return;
    }
    case "set-endpoint":
      await admin.setEndpoint({ params: { endpoint: change.endpoint }, body: change.spec });
      return;
    case "delete-endpoint":
      await admin.deleteEndpoint({ params: { endpoint: change.endpoint } });
      return;
    case "delete-alias":
      await admin.deleteAlias({ params: { model: change.model, alias: change.alias } });
      return;
    case "delete-version":
      await admin.deleteVersion({ params: { model: change.model, version: change.version } });
      return;
    case "delete-model":
      await admin.deleteModel({ params: { model: change.model }, query: { force: "true" } });
  }
}

async function addVersion(
  server: SirveClient,
  { model, content }: Change & { kind: "add-version" },
  wanted: Wanted,
): Promise<void> {
  const source = wanted.sources.get(content);
  if (!source) throw new Error("the files of a planned version are gone");
  const { files, declared } = source;
  await uploadFiles(server, files, { progress: uploadBar() });
  const { data, code, run, metrics, tags } = declared;
  const lineage = {
    ...(data !== undefined && { data }),
    ...(code !== undefined && { code }),
    ...(run !== undefined && { run }),
  };
  await server.admin.addVersion({
    params: { model },
    body: {
      files: files.map(({ name, digest, bytes }) => ({ name, digest, bytes })),
      lineage,
      metrics,
      ...(tags && { tags }),
    },
  });
}

async function moveAlias(
  server: SirveClient,
  { model, alias, to }: Change & { kind: "move-alias" },
): Promise<void> {
  const there = (await actualState(server)).models.get(model);
  const version =
    typeof to === "number" ? to : there?.versions.find(({ content }) => content === to)?.version;
  if (version === undefined) throw new Error("its version was not added");
  // The first version is champion by itself.
  if (there?.aliases.get(alias) === version) return;
  await server.admin.promote({ params: { model }, body: { version, alias } });
}
