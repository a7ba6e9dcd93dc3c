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
  const usable = addPrintingOptions(made.argument("<model>", "such as churn")).addHelpText(
    "after",
    "\nExample:\n  $ sirve models versions churn\n\n* marks the champion, which answers requests without a version.",
  );
  return usable.action(async (model: string, options: PrintingOptions) => {
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
  });
}

/** `sirve models diff churn 6 7`. */
export function diff(): Command {
  const made = new Command("diff")
    .summary("what differs between two versions, and what of it breaks clients")
    .argument("<model>", "such as churn")
    .argument("<from>", "number of the version that clients know", positiveInteger)
    .argument("<to>", "number of the other", positiveInteger);
  const usable = addPrintingOptions(made).addHelpText("after", "\nExample:\n  $ sirve models diff churn 6 7");
  return usable.action(async (model: string, from: number, to: number, options: PrintingOptions) => {
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
  });
}

const DELETE_HELP = `
Examples:
  $ sirve models delete churn@3            # a version that no alias stands on
  $ sirve models delete churn@challenger   # an alias; its version stays
  $ sirve models delete churn              # everything`;

/** `sirve models delete churn`, `churn@3` or `churn@challenger`. */
export function remove(): Command {
  const made = new Command("delete")
    .summary("delete a version, an alias, or a model with all its versions")
    .argument("<model[@version|@alias]>", "such as churn@3", deletable)
    .option("--force", "delete a model even while it serves", false)
    .option("--yes", "do not ask, as without a terminal", false);
  return addPrintingOptions(made)
    .addHelpText("after", DELETE_HELP)
    .action(
      async (
        target: Deletable,
        options: PrintingOptions & { readonly force: boolean; readonly yes: boolean },
      ) => {
        const { model, version, alias } = target;
        const what = whatText(target);
        await confirm(`delete ${safeText(what)}?`, options.yes);
        const force = options.force ? "true" : "false";
        await withServer(options, async ({ admin }) => {
          if (alias !== undefined) await admin.deleteAlias({ params: { model, alias } });
          else if (version !== undefined) await admin.deleteVersion({ params: { model, version } });
          else await admin.deleteModel({ params: { model }, query: { force } });
        });
        const gone = { model, version, alias, deleted: true };
        print(await render(gone, options.output, () => `deleted ${safeText(what)}`));
      },
    );
}

type Deletable = Target & { readonly alias?: string };

/** Reads "churn", "churn@3" or "churn@challenger". */
function deletable(text: string): Deletable {
  const [, model, alias] = /^([^@]+)@([a-z][^@]*)$/.exec(text) ?? [];
  return model === undefined || alias === undefined ? modelTarget(text) : { model, alias };
}

function whatText({ model, version, alias }: Deletable): string {
  if (alias !== undefined) return `the alias ${model}@${alias}`;
  return version === undefined ? `${model} with all its versions` : `${model} version ${version}`;
}

/** `sirve models tag churn@7 team=risk`: sets tags beside those that are there; "name=" takes one away. */
export function tag(): Command {
  const made = new Command("tag")
    .summary("set tags of a version; NAME= takes one away")
    .argument("<model@version>", "such as churn@7", modelTarget)
    .argument("<name=text...>", "such as team=risk", named);
  const help =
    "\nExamples:\n  $ sirve models tag churn@7 team=risk stage=trial\n  $ sirve models tag churn@7 stage=";
  return addPrintingOptions(made)
    .addHelpText("after", help)
    .action(async ({ model, version }: Target, given: Record<string, string>, options: PrintingOptions) => {
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
    });
}
