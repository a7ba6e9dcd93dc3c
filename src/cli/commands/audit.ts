import { Command } from "commander";
import { addPrintingOptions, type PrintingOptions, positiveInteger, withServer } from "../client-options.ts";
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
    .option("--follow", "go on with what changes, until Ctrl-C");
  return addPrintingOptions(made)
    .addHelpText("after", "\nExample:\n  $ sirve audit --model churn --follow")
    .action(audit);
}

async function audit(options: AuditOptions): Promise<void> {
  const { model, action, limit } = options;
  await withServer(options, async (server) => {
    const query = { limit, ...(model !== undefined && { model }), ...(action !== undefined && { action }) };
    const { entries } = await server.admin.listAudit({ query });
    print(
      await render(entries, options.output, () =>
        renderTable(
          [{ title: "TIME" }, { title: "WHO" }, { title: "WHAT" }, { title: "MODEL" }, { title: "DETAILS" }],
          entries.map((one) => [
            one.at,
            one.actor || undefined,
            one.action,
            one.model || undefined,
            stringifyLossless(one.details),
          ]),
        ),
      ),
    );
    if (!options.follow) return;
    const last = entries[0]?.id;
    const from = last === undefined ? {} : { lastEventId: String(last) };
    for await (const { event, data } of server.events(from)) {
      if (model !== undefined && !isAbout(data, model)) continue;
      print(`${safeText(`${event} ${stringifyLossless(data)}`)}\n`);
    }
  });
}

const isAbout = (data: unknown, model: string) =>
  typeof data === "object" && data !== null && "model" in data && data.model === model;
