import { Command } from "commander";
import { addPrintingOptions, type PrintingOptions, positiveInteger, withServer } from "../client-options.ts";
import { EXIT } from "../exit-code.ts";
import { readInput } from "../input-file.ts";
import { isLines, linesTable, readLines } from "../line-answers.ts";
import { print, render } from "../output.ts";
import { predictionTable } from "../prediction-table.ts";

interface PredictOptions extends PrintingOptions {
  readonly input: string;
  readonly contentType?: string;
  readonly modelVersion?: number;
}

const EXAMPLES = `
Examples:
  $ sirve predict fashion --input examples/data/ankle-boot.png
  $ sirve predict flight-delay --input examples/data/flights.csv -o json
  $ echo '[{"origin": "LAS", "destination": "ORD"}]' | sirve predict flight-delay --input -`;

/** `sirve predict`: one request to a running server by the native API. */
export function command(): Command {
  const made = new Command("predict")
    .description("Ask a running server for a prediction.")
    .argument("<model>", "churn, churn@7, churn@challenger, or an endpoint")
    .requiredOption(
      "-i, --input <file>",
      "what to send: .json .ndjson .csv .txt .png .jpg .webp .wav, or - for standard input",
    )
    .option("--content-type <type>", "what the input is, where its name does not tell")
    .option(
      "--model-version <n>",
      "ask this version (default: the one that the name answers with)",
      positiveInteger,
    );
  return addPrintingOptions(made).addHelpText("after", EXAMPLES).action(predict);
}

async function predict(model: string, options: PredictOptions): Promise<void> {
  const { bytes, contentType } = readInput(options.input, options.contentType);
  const file = new Blob([bytes], { type: contentType });
  const { modelVersion: version, timeoutMs } = options;
  if (isLines(contentType)) {
    const answers = await withServer(options, async (server) =>
      readLines(server.predictStream(model, file, { version, timeoutMs })),
    );
    print(await render(answers, options.output, () => linesTable(answers)));
    if (answers.some(({ error }) => error !== undefined)) process.exitCode = EXIT.failure;
    return;
  }
  const answer = await withServer(options, async (server) => server.predictFile(model, file, { version }));
  print(await render(answer, options.output, () => predictionTable(answer)));
}
