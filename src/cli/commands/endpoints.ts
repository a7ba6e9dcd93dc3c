import { Command } from "commander";
import type { SirveClient } from "../../client/index.ts";
import { allPages } from "../all-pages.ts";
import { addPrintingOptions, type PrintingOptions, withServer } from "../client-options.ts";
import { confirm } from "../confirm.ts";
import { shadowOption, type VariantOption, variantOption } from "../endpoint-spec.ts";
import { print, render } from "../output.ts";
import { safeText } from "../safe-text.ts";
import { showTable } from "../show-table.ts";
import { renderTable } from "../table.ts";

/** `sirve endpoints list|show|set|delete`. */
export function command(): Command {
  return new Command("endpoints")
    .description("List, show, set and delete endpoints: stable names over weighted versions, with shadows.")
    .addCommand(list())
    .addCommand(show())
    .addCommand(set())
    .addCommand(remove())
    .addHelpText(
      "after",
      "\nExample:\n  $ sirve endpoints set churn-ab --variant a=churn@champion:90 --variant b=churn@challenger:10 --shadow churn@8:50%",
    );
}

type Endpoint = Awaited<ReturnType<SirveClient["admin"]["setEndpoint"]>>;

function list(): Command {
  const made = new Command("list").summary("endpoints with their variants");
  const usable = addPrintingOptions(made).addHelpText("after", "\nExample:\n  $ sirve endpoints list");
  return usable.action(async (options: PrintingOptions) => {
    const endpoints = await withServer(options, async ({ admin }) =>
      allPages(async (query) => {
        const { endpoints: found, next } = await admin.listEndpoints({ query });
        return { list: found, next };
      }),
    );
    print(await render(endpoints, options.output, () => endpointsTable(endpoints)));
  });
}

function endpointsTable(endpoints: readonly Endpoint[]): string {
  if (endpoints.length === 0) return "no endpoints";
  const columns = ["ENDPOINT", "VARIANT", "TARGET", "SHARE"].map((title) => ({ title }));
  const rows = endpoints.flatMap(({ endpoint, variants, shadow }) => {
    const total = variants.reduce((sum, { weight }) => sum + weight, 0);
    const shares = variants.map(({ name, target, weight }) => [
      endpoint,
      name,
      target,
      `${((100 * weight) / (total || 1)).toFixed(1)} %`,
    ]);
    return shadow
      ? [...shares, [endpoint, "(shadow)", shadow.target, `${shadow.percent.toFixed(1)} %`]]
      : shares;
  });
  return renderTable(columns, rows);
}

function show(): Command {
  const made = new Command("show")
    .summary("one endpoint, who answered, and its shadow")
    .argument("<endpoint>", "such as churn-ab");
  const usable = addPrintingOptions(made).addHelpText(
    "after",
    "\nExample:\n  $ sirve endpoints show churn-ab",
  );
  return usable.action(async (endpoint: string, options: PrintingOptions) => {
    const shown = await withServer(options, async ({ admin }) =>
      admin.showEndpoint({ params: { endpoint } }),
    );
    print(await render(shown, options.output, () => showTable(shown)));
  });
}

const SET_HELP = `
Examples:
  $ sirve endpoints set churn-ab --variant a=churn@champion:90 --variant b=churn@challenger:10
  $ sirve endpoints set churn-ab --variant a=churn:1 --shadow churn@8:50%`;

interface SetOptions extends PrintingOptions {
  readonly variant: VariantOption[];
  readonly shadow?: ReturnType<typeof shadowOption>;
  readonly splitKey?: string;
  readonly salt?: string;
  readonly reason?: string;
}

function set(): Command {
  const made = new Command("set")
    .summary("create an endpoint, or change its variants, weights and shadow")
    .argument("<endpoint>", "such as churn-ab")
    .requiredOption(
      "--variant <name=target:weight>",
      "such as a=churn@champion:90; may be repeated",
      variantOption,
    )
    .option(
      "--shadow <target:percent>",
      "such as churn@8:50%: send it half of the requests too, and compare",
      shadowOption,
    )
    .option("--split-key <header>", "header whose value keeps a caller on one variant (default: x-split-key)")
    .option("--salt <text>", "changes who is in which variant")
    .option("--reason <text>", "why, for the audit log");
  const usable = addPrintingOptions(made).addHelpText("after", SET_HELP);
  return usable.action(async (endpoint: string, options: SetOptions) => {
    const { variant: variants, shadow, splitKey, salt, reason } = options;
    const body = {
      variants,
      ...(shadow && { shadow }),
      ...(splitKey !== undefined && { splitKey }),
      ...(salt !== undefined && { salt }),
      ...(reason !== undefined && { reason }),
    };
    const record = await withServer(options, async ({ admin }) =>
      admin.setEndpoint({ params: { endpoint }, body }),
    );
    print(await render(record, options.output, () => endpointsTable([record])));
  });
}

function remove(): Command {
  const made = new Command("delete")
    .summary("delete an endpoint; its models stay")
    .argument("<endpoint>", "such as churn-ab")
    .option("--yes", "do not ask, as without a terminal", false);
  const usable = addPrintingOptions(made).addHelpText(
    "after",
    "\nExample:\n  $ sirve endpoints delete churn-ab",
  );
  return usable.action(async (endpoint: string, options: PrintingOptions & { readonly yes: boolean }) => {
    await confirm(`delete the endpoint ${safeText(endpoint)}?`, options.yes);
    await withServer(options, async ({ admin }) => admin.deleteEndpoint({ params: { endpoint } }));
    print(await render({ endpoint, deleted: true }, options.output, () => `deleted ${safeText(endpoint)}`));
  });
}
