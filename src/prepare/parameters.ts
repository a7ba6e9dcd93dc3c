import type { z } from "zod";
import { nearest, PlatformError } from "../base/index.ts";

/** One step of a manifest's preparation. */
export interface Step {
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * Checks the parameters of a step.
 *
 * @throws PlatformError `invalid_argument` naming the step and each wrong parameter.
 */
export function parseParameters<S extends z.ZodType>(step: Step, schema: S): z.output<S> {
  const result = schema.safeParse(step.parameters);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const path = issue.path.length > 0 ? `parameter ${issue.path.join(".")}` : "parameters";
    return `${path}: ${issue.message}`;
  });
  throw stepError(step.name, problems.join("; "));
}

/** `invalid_argument` about a step of a manifest. */
export function stepError(step: string, problem: string, hint?: string): PlatformError {
  return new PlatformError("invalid_argument", `preparation "${step}": ${problem}`, {
    field: `model.json: preparation ${step}`,
    ...(hint !== undefined && { hint }),
  });
}

/** `invalid_argument` for a step that Sirve does not know. */
export function unknownStep(name: string, known: readonly string[]): PlatformError {
  const meant = nearest(name, known);
  return stepError(name, `is not known, expected ${known.join(", ")}`, meant && `Did you mean "${meant}"?`);
}
