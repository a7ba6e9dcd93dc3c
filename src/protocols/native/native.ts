import type { HttpProtocol, HttpReply, Planes } from "../contract.ts";
import { docsRoutes } from "./docs.ts";
import { createOpenApi } from "./openapi.ts";
import { type NativeOptions, settingsOf } from "./options.ts";
import { createPredict } from "./predict.ts";
import { problemReply } from "./problem.ts";
import { predictLines } from "./stream.ts";

const PREDICT = "/predict/{model}";

/**
 * Sirve's own wire for people and programs: rows, pictures, sounds and texts in, labels and
 * probabilities out; the OpenAPI document and the page made of it.
 */
export function nativeProtocol(planes: Planes, options: NativeOptions = {}): HttpProtocol {
  const settings = settingsOf(options);
  const predict = createPredict(planes, settings);
  const openApi = createOpenApi(settings.version, options.management);
  return {
    name: "native",
    prefixes: ["/predict", "/openapi.json", "/docs"],
    routes: [
      ...[PREDICT, `${PREDICT}/versions/{version}`].flatMap((path) => [
        { method: "POST", path, access: "predictor", handle: predict } as const,
        {
          method: "POST",
          path: `${path}/stream`,
          access: "predictor",
          body: "stream",
          handle: async (request: Parameters<typeof predict>[0]) => predictLines(planes, settings, request),
        } as const,
      ]),
      {
        method: "GET",
        path: "/openapi.json",
        access: "viewer",
        handle: async ({ context }) => json(openApi(planes.control(context.caller))),
      },
      ...docsRoutes(),
    ],
    failure: problemReply,
  };
}

function json(value: object): HttpReply {
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}
