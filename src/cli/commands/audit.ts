import { Command } from "commander";
import type { SirveClient } from "../../client/index.ts";
import { addPrintingOptions, type PrintingOptions, positiveInteger, withServer } from "../client-options.ts";
import { onInterrupt } from "../interrupt.ts";
import { stringifyLossless } from "../lossless-json.ts";
import { print, render } from "../output.ts";
import { safeText } from "../safe-text.ts";
import { renderTable } from "../table.ts";

interface AuditOptions extends PrintingOptions {
  readonly model?: string;
  readonly action?: string;
  readonly limit: number;
  readonly follow?: true;
}

/** `sirve audit`: who changed what, when. */
export function command(): Command {
  const made = new Command("audit")
    .description("Show every change: who, when, what; newest first.")
    .option("--model <name>", "changes of this model or endpoint only")
    .option("--action <name>", 'such as "alias.move"')
    .option("--limit <n>", "how many", positiveInteger, 50)
    .option("--follow", "oldest first, then what changes from now on, a line each, until Ctrl-C");
  return addPrintingOptions(made)
    .addHelpText(
      "after",
      "\nExamples:\n  $ sirve audit --model churn --action alias.move\n  $ sirve audit --follow -o json",
    )
    .action(audit);
}

type Entry = Awaited<ReturnType<SirveClient["admin"]["listAudit"]>>["entries"][number];

async function audit(options: AuditOptions): Promise<void> {
  const { model, action, limit, follow } = options;
  const query = { limit, ...(model !== undefined && { model }), ...(action !== undefined && { action }) };
  await withServer(options, async (server) => {
    const { entries } = await server.admin.listAudit({ query });
    if (follow) await followOn(server, entries, options);
    else print(await render(entries, options.output, () => auditTable(entries)));
  });
}

function auditTable(entries: readonly Entry[]): string {
  const columns = ["TIME", "WHO", "WHAT", "MODEL", "DETAILS"];
  return renderTable(
    columns.map((title) => ({ title })),
    entries.map(({ at, actor, action, model, details }) => [
      at,
      actor || undefined,
      action,
      model || undefined,
      stringifyLossless(details),
    ]),
  );
}

/** What was, oldest first, and what comes, a line each, until Ctrl-C. */
async function followOn(
  server: SirveClient,
  entries: readonly Entry[],
  options: AuditOptions,
): Promise<void> {
  const interrupt = onInterrupt();
  try {
    for (const entry of entries.toReversed()) print(await followed(entry, options.output));
    // Without an entry everything is missed so far, which the filters decide on.
    const lastEventId = String(entries[0]?.id ?? 0);
    for await (const { data } of server.events({ lastEventId, signal: interrupt.stop })) {
      if (isWanted(data, options)) print(await followed(data, options.output));
    }
  } finally {
    interrupt.release();
  }
}

/** Whether it is a change, as states of versions are none, that the filters let pass. */
function isWanted(data: unknown, { model, action }: AuditOptions): data is Entry {
  if (typeof data !== "object" || data === null || !("action" in data)) return false;
  const entry = data as Entry;
  return (model ?? entry.model) === entry.model && (action ?? entry.action) === entry.action;
}

/** One line for people, one JSON text, or one YAML document. */
async function followed(entry: Entry, output: AuditOptions["output"]): Promise<string> {
  if (output === "json") return `${safeText(stringifyLossless(entry))}\n`;
  if (output === "yaml") return `---\n${await render(entry, output, () => "")}`;
  const { at, actor, action, model, details } = entry;
  return `${safeText([at, actor || "-", action, model || "-", stringifyLossless(details)].join("  "))}\n`;
}
