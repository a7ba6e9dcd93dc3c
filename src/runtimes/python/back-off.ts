/** After the second crash in a row the next start waits so long; doubled for each further one, up to the last. */
const FIRST_MS = 200;
const LAST_MS = 30_000;

/** How long to wait before the next start after so many crashes in a row: a single one is made good at once. */
export function backOffMs(crashes: number): number {
  return crashes < 2 ? 0 : Math.min(FIRST_MS * 2 ** (crashes - 2), LAST_MS);
}
