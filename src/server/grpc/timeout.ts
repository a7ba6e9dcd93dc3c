import { PlatformError } from "../../base/index.ts";

const FORM = /^([0-9]{1,8})([HMSmun])$/;
const UNIT_MS = new Map([
  ["H", 3_600_000],
  ["M", 60_000],
  ["S", 1000],
  ["m", 1],
  ["u", 0.001],
  ["n", 0.000_001],
]);

/**
 * Milliseconds of a `grpc-timeout`; undefined if there is none.
 *
 * @throws PlatformError `invalid_argument` if it is not one.
 * @see gRPC over HTTP2, "Timeout".
 */
export function parseTimeout(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const [, digits = "", unit = ""] = FORM.exec(header) ?? [];
  const ms = UNIT_MS.get(unit);
  if (ms !== undefined) return Number(digits) * ms;
  throw new PlatformError("invalid_argument", "grpc-timeout is not a time", {
    field: "grpc-timeout",
    got: header.slice(0, 100),
    expected: 'up to eight digits and a unit of H, M, S, m, u or n, such as "500m"',
  });
}
