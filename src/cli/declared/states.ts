import type { SirveClient } from "../../client/index.ts";
import { allPages } from "../all-pages.ts";
import { type LocalFile, localFiles } from "../artifact-files.ts";
import type { Declaration, DeclaredModel, DeclaredVersion, EndpointSettings } from "./declaration.ts";
import type { ActualModel, Content, State, WantedModel } from "./plan-changes.ts";

/** What is wanted, with the files behind each content, and the entries that cannot be. */
export interface Wanted extends State<WantedModel> {
  readonly sources: ReadonlyMap<
    Content,
    { readonly files: readonly LocalFile[]; readonly declared: DeclaredVersion }
  >;
  readonly problems: readonly string[];
}

/** Reads the files of a declaration. A model with an unreadable version or a dangling alias is left out and told. */
export async function wantedState(declaration: Declaration): Promise<Wanted> {
  const models = new Map<string, WantedModel>();
  const sources = new Map<Content, { files: readonly LocalFile[]; declared: DeclaredVersion }>();
  const problems = [...declaration.problems];
  for (const [name, model] of declaration.models) {
    try {
      models.set(name, await wantedModel(model, sources));
    } catch (thrown) {
      problems.push(`deploy.models.${name}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }
  return { models, endpoints: declaration.endpoints, sources, problems };
}

async function wantedModel(
  model: DeclaredModel,
  sources: Map<Content, { files: readonly LocalFile[]; declared: DeclaredVersion }>,
): Promise<WantedModel> {
  const names = new Map<string, Content>();
  const versions: { content: Content; tags?: Readonly<Record<string, string>> | undefined }[] = [];
  for (const declared of model.versions) {
    const files = await localFiles(declared.path);
    const content = contentOf(files);
    sources.set(content, { files, declared });
    if (declared.name !== undefined) names.set(declared.name, content);
    versions.push({ content, tags: declared.tags });
  }
  const { description, tags } = model;
  return { description, tags, versions, aliases: aliasesOf(model.aliases, names) };
}

function aliasesOf(
  aliases: Readonly<Record<string, number | string>>,
  names: ReadonlyMap<string, Content>,
): Map<string, number | Content> {
  return new Map(
    Object.entries(aliases).map(([alias, target]) => {
      const to = typeof target === "number" ? target : names.get(target);
      if (to === undefined) throw new Error(`alias ${alias} names "${target}", which no version is called`);
      return [alias, to];
    }),
  );
}

function contentOf(files: readonly { readonly name: string; readonly digest: string }[]): Content {
  return files
    .map(({ name, digest }) => `${name}:${digest}`)
    .toSorted()
    .join("\n");
}

/** What the server holds. */
export async function actualState({ admin }: SirveClient): Promise<State<ActualModel>> {
  const models = new Map<string, ActualModel>();
  for (const one of await allPages(async (query) => {
    const { models: list, next } = await admin.listModels({ query });
    return { list, next };
  })) {
    const versions = await allPages(async (query) => {
      const call = { params: { model: one.model }, query };
      const { versions: list, next } = await admin.listVersions(call);
      return { list, next };
    });
    models.set(one.model, {
      description: typeof one.description === "string" ? one.description : undefined,
      tags: one.tags,
      versions: versions.map(({ version, files, tags }) => ({ version, content: contentOf(files), tags })),
      aliases: new Map((one.aliases ?? []).map(({ alias, version }) => [alias, version])),
    });
  }
  const endpoints = await allPages(async (query) => {
    const { endpoints: list, next } = await admin.listEndpoints({ query });
    return { list, next };
  });
  return {
    models,
    endpoints: new Map(
      endpoints.map(({ endpoint, variants, shadow, splitKey, salt }) => {
        const spec: EndpointSettings = {
          variants,
          ...(shadow && { shadow }),
          ...(splitKey !== undefined && { splitKey }),
          salt,
        };
        return [endpoint, spec];
      }),
    ),
  };
}
