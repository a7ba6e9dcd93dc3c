import { PlatformError } from "../base/index.ts";
import type { ControlPlane } from "../model/index.ts";

/**
 * The model of a server that clients take for the server of one model: the only one there is.
 *
 * @throws PlatformError `not_found` if there is none, `invalid_argument` if there are several; `how` says in what
 *   way one is named.
 */
export function soleModel(control: ControlPlane, how: string): string {
  const models = control.list().map(({ model }) => model);
  const [only] = models;
  if (only !== undefined && models.length === 1) return only;
  if (only === undefined) throw new PlatformError("not_found", "there is no model", { field: "model" });
  throw new PlatformError(
    "invalid_argument",
    `there are ${models.length} models, and the request names none`,
    {
      field: "model",
      got: "nothing",
      expected: models.join(", ").slice(0, 200),
      hint: how,
    },
  );
}
