import { Command } from "commander";
import { PlatformError } from "../../base/index.ts";
import { allPages } from "../all-pages.ts";
import { addPrintingOptions, type PrintingOptions, positiveInteger, withServer } from "../client-options.ts";
import { confirm } from "../confirm.ts";
import { stringifyLossless } from "../lossless-json.ts";
import { modelTarget, named, type Target } from "../model-target.ts";
import { print, render } from "../output.ts";
import { bytesText } from "../quantity.ts";
import { safeText } from "../safe-text.ts";
import { renderTable, state } from "../table.ts";

/** `sirve models versions`: the versions of a registry's model. */
export function versions(): Command {
  const made = new Command("versions").summary("versions of a model with aliases, metrics and origin");
  return addPrintingOptions(made.argument("<model>")).action(
    async (model: string, options: PrintingOptions) => {
      const found = await withServer(options, async ({ admin }) =>
        allPages(async (query) => {
          const { versions: list, next } = await admin.listVersions({ params: { model }, query });
          return { list, next };
        }),
      );
      const columns = ["VERSION", "ALIASES", "SIZE", "METRICS", "DIGEST", "ADDED", "BY", "CODE"];
      const rows = found.map((one) => [
        one.version,
        one.aliases.includes("champion") ? `* ${one.aliases.join(", ")}` : one.aliases.join(", "),
        bytesText(one.bytes),
        Object.entries(one.metrics)
          .map(([name, value]) => `${name}=${value}`)
          .join(" "),
        one.digest.slice(0, 12),
        one.createdAt,
        one.createdBy || undefined,
        one.lineage.code?.slice(0, 12),
      ]);
      print(
        await render(found, options.output, () =>
          renderTable(
            columns.map((title) => ({ title })),
            rows,
          ),
        ),
      );
    },
  );
}

/** `sirve models diff churn 6 7`. */
export function diff(): Command {
  const made = new Command("diff")
    .summary("what differs between two versions, and what of it breaks clients")
    .argument("<model>")
    .argument("<from>", "a version", positiveInteger)
    .argument("<to>", "a version", positiveInteger);
  return addPrintingOptions(made).action(
    async (model: string, from: number, to: number, options: PrintingOptions) => {
      const found = await withServer(options, async ({ admin }) =>
        admin.diffVersions({ params: { model }, query: { from, to } }),
      );
      const rows = found.differences.map((one) => [
        one.breaks ? state("fail") : state("ok"),
        one.field,
        stringifyLossless(one.from),
        stringifyLossless(one.to),
      ]);
      const columns = [
        { title: "CLIENTS" },
        { title: "FIELD" },
        { title: String(from) },
        { title: String(to) },
      ];
      print(
        await render(found, options.output, () =>
          rows.length === 0 ? "no difference" : renderTable(columns, rows),
        ),
      );
    },
  );
}

/** `sirve models delete churn` or `churn@3`. */
export function remove(): Command {
  const made = new Command("delete")
    .summary("delete a version, or a model with all its versions")
    .argument("<model[@version]>", "such as churn@3", modelTarget)
    .option("--force", "a model although it serves", false)
    .option("--yes", "do not ask", false);
  return addPrintingOptions(made).action(
    async (
      { model, version }: Target,
      options: PrintingOptions & { readonly force: boolean; readonly yes: boolean },
    ) => {
      const what = version === undefined ? `${model} with all its versions` : `${model} version ${version}`;
      await confirm(`delete ${safeText(what)}?`, options.yes);
      await withServer(options, async ({ admin }) =>
        version === undefined
          ? admin.deleteModel({ params: { model }, query: { force: options.force ? "true" : "false" } })
          : admin.deleteVersion({ params: { model, version } }),
      );
      print(
        await render({ model, version, deleted: true }, options.output, () => `deleted ${safeText(what)}`),
      );
    },
  );
}

/** `sirve models tag churn@7 team=risk`: sets tags beside those that are there; "name=" takes one away. */
export function tag(): Command {
  const made = new Command("tag")
    .summary("set tags of a version; NAME= takes one away")
    .argument("<model@version>", "such as churn@7", modelTarget)
    .argument("<name=text...>", "tags", named);
  return addPrintingOptions(made).action(
    async ({ model, version }: Target, given: Record<string, string>, options: PrintingOptions) => {
      if (version === undefined) {
        throw new PlatformError("invalid_argument", "tag needs a version", {
          got: model,
          expected: `${model}@N`,
        });
      }
      const params = { model, version };
      const changed = await withServer(options, async ({ admin }) => {
        const { tags: before = {} } = await admin.showVersion({ params });
        const kept = Object.entries({ ...before, ...given }).filter(([, text]) => text !== "");
        return admin.changeVersion({ params, body: { tags: Object.fromEntries(kept) } });
      });
      print(await render(changed, options.output, () => stringifyLossless(changed.tags, 2)));
    },
  );
}
