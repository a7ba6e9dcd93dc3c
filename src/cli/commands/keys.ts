import { Command, Option } from "commander";
import { addPrintingOptions, type PrintingOptions, positiveInteger, withServer } from "../client-options.ts";
import { confirm } from "../confirm.ts";
import { repeated } from "../model-target.ts";
import { note, print, render } from "../output.ts";
import { safeText } from "../safe-text.ts";
import { renderTable } from "../table.ts";

/** `sirve keys create|list|rotate|revoke`. */
export function command(): Command {
  return new Command("keys")
    .description("Make, list, rotate and revoke the API keys of a server.")
    .addCommand(create())
    .addCommand(list())
    .addCommand(rotate())
    .addCommand(revoke())
    .addHelpText("after", "\nExample:\n  $ sirve keys create --name ci --role releaser --models 'churn*'");
}

const CREATE_HELP = `
Examples:
  $ sirve keys create --name me --role admin          # the first one: from then on the server asks for keys
  $ sirve keys create --name shop --role predictor --models 'churn*' --rate 50
  $ sirve keys create --name shop --role predictor --file keys.json

viewer sees, predictor also asks, releaser also adds and promotes, admin may everything: docs/access.md.`;

interface CreateOptions extends PrintingOptions {
  readonly name: string;
  readonly role: "viewer" | "predictor" | "releaser" | "admin";
  readonly models?: string[];
  readonly expires?: string;
  readonly rate?: number;
  readonly perDay?: number;
  readonly file?: string;
}

function create(): Command {
  const made = new Command("create")
    .summary("make a key, which is shown this once")
    .requiredOption("--name <text>", "who or what uses it")
    .addOption(
      new Option("--role <role>", "what it may do")
        .choices(["viewer", "predictor", "releaser", "admin"])
        .makeOptionMandatory(),
    )
    .option(
      "--models <pattern>",
      "models that exist for it, * for any text; may be repeated (default: *)",
      repeated,
    )
    .option("--expires <time>", "UTC, such as 2027-01-01T00:00:00.000Z (default: never)")
    .option("--rate <n>", "requests per second (default: any)", positiveInteger)
    .option("--per-day <n>", "requests per day (default: any)", positiveInteger)
    .option(
      "--file <path>",
      "add it to this file instead, for access.keysFile of a server without a registry",
    );
  const usable = addPrintingOptions(made).addHelpText("after", CREATE_HELP);
  return usable.action(async (options: CreateOptions) => {
    const body = {
      name: options.name,
      role: options.role,
      ...(options.models && { models: options.models }),
      ...(options.expires !== undefined && { expiresAt: options.expires }),
      ...(options.rate !== undefined && { requestsPerSecond: options.rate }),
      ...(options.perDay !== undefined && { requestsPerDay: options.perDay }),
    };
    if (options.file !== undefined) {
      const { addKeyToFile } = await import("../../server/index.ts");
      await showSecret(addKeyToFile(options.file, { ...body, models: body.models ?? ["*"] }), options);
      return;
    }
    await showSecret(await withServer(options, async ({ admin }) => admin.createKey({ body })), options);
  });
}

function list(): Command {
  const made = new Command("list").summary("keys without their secrets");
  const usable = addPrintingOptions(made).addHelpText("after", "\nExample:\n  $ sirve keys list -o json");
  return usable.action(async (options: PrintingOptions) => {
    const { keys } = await withServer(options, async ({ admin }) => admin.listKeys({}));
    const columns = ["ID", "NAME", "ROLE", "MODELS", "EXPIRES", "LAST USED", "REVOKED"];
    const rows = keys.map((key) => [
      key.id,
      key.name,
      key.role,
      key.models.join(" "),
      key.expiresAt,
      key.lastUsedAt,
      key.revokedAt,
    ]);
    print(
      await render(keys, options.output, () =>
        renderTable(
          columns.map((title) => ({ title })),
          rows,
        ),
      ),
    );
  });
}

interface RotateOptions extends PrintingOptions {
  readonly overlapSeconds?: number;
}

function rotate(): Command {
  const made = new Command("rotate")
    .summary("a new secret for a key; the old one works on for a while")
    .argument("<id>", "the 8 characters after sirve_")
    .option(
      "--overlap-seconds <n>",
      "how long the old one works on (default: 86400, a day)",
      positiveInteger,
    );
  const usable = addPrintingOptions(made).addHelpText(
    "after",
    "\nExample:\n  $ sirve keys rotate ab12cd34 --overlap-seconds 3600",
  );
  return usable.action(async (key: string, options: RotateOptions) => {
    const { overlapSeconds } = options;
    const body = overlapSeconds === undefined ? {} : { overlapSeconds };
    const rotated = await withServer(options, async ({ admin }) =>
      admin.rotateKey({ params: { key }, body }),
    );
    await showSecret(rotated, options);
  });
}

function revoke(): Command {
  const made = new Command("revoke")
    .summary("revoke a key at once")
    .argument("<id>", "the 8 characters after sirve_")
    .option("--yes", "do not ask, as without a terminal", false);
  const usable = addPrintingOptions(made).addHelpText("after", "\nExample:\n  $ sirve keys revoke ab12cd34");
  return usable.action(async (key: string, options: PrintingOptions & { readonly yes: boolean }) => {
    await confirm(`revoke the key ${safeText(key)}?`, options.yes);
    await withServer(options, async ({ admin }) => admin.revokeKey({ params: { key } }));
    print(await render({ id: key, revoked: true }, options.output, () => `revoked ${safeText(key)}`));
  });
}

async function showSecret(
  made: { readonly id: string; readonly secret: string },
  options: PrintingOptions,
): Promise<void> {
  print(await render(made, options.output, () => safeText(made.secret)));
  note(`This is the only time that key ${safeText(made.id)} is shown. Give it as SIRVE_API_KEY.\n`);
}
