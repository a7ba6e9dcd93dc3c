import type { Manifest, Signature } from "../../model/index.ts";
import type { JsonSchema } from "./openapi-columns.ts";

const PROBABILITY: JsonSchema = { type: ["number", "null"] };
const LABEL: JsonSchema = { type: ["string", "integer"] };

const ANSWERS = new Map<string, JsonSchema>([
  [
    "labels",
    object(
      {
        label: LABEL,
        probability: PROBABILITY,
        probabilities: { type: "object", additionalProperties: PROBABILITY },
      },
      ["label"],
    ),
  ],
  [
    "top",
    object({
      label: LABEL,
      probability: PROBABILITY,
      top: { type: "array", items: object({ label: LABEL, probability: PROBABILITY }) },
    }),
  ],
  ["ctc", object({ text: { type: "string" }, confidence: PROBABILITY })],
  [
    "segments",
    object(
      {
        segments: {
          type: "array",
          items: object({
            startMs: { type: "integer" },
            endMs: { type: "integer" },
            probability: PROBABILITY,
          }),
        },
        seconds: { type: "number" },
        probabilities: { type: "array", items: PROBABILITY },
      },
      ["segments", "seconds"],
    ),
  ],
]);

/** What one prediction of a version looks like, by its last step of output preparation. */
export function predictionSchema(signature: Signature, { outputPreparation }: Manifest): JsonSchema {
  const step = outputPreparation.at(-1)?.name;
  const known = step === undefined ? undefined : ANSWERS.get(step);
  if (known) return known;
  const isLabelled = signature.outputs.some(
    ({ name, labels }) => labels !== undefined || /label|probabilit/.test(name),
  );
  const values = { type: "object", description: "Values by output name, or label and probabilities." };
  return step === undefined && isLabelled ? (ANSWERS.get("labels") ?? values) : values;
}

function object(
  properties: { readonly [name: string]: JsonSchema },
  required = Object.keys(properties),
): JsonSchema {
  return { type: "object", properties, required };
}
