/** How many steps back an alias remembers. */
const MAX_STEPS = 100;

/** Where an alias stood before, last first, once it has been promoted away from `from`. */
export function promoted(from: number, previous: readonly number[]): readonly number[] {
  return [from, ...previous].slice(0, MAX_STEPS);
}

/**
 * What remains before an alias once it has gone back to `to`: what it leaves, and all that came after `to`,
 * is forgotten. Undefined if it never stood there.
 */
export function rolledBack(previous: readonly number[], to: number): readonly number[] | undefined {
  const at = previous.indexOf(to);
  return at < 0 ? undefined : previous.slice(at + 1);
}

/** The steps without a version that is deleted; no step goes from a version to itself. */
export function withoutVersion(
  standing: number,
  previous: readonly number[],
  version: number,
): readonly number[] {
  const left = previous.filter((step) => step !== version);
  return left.filter((step, index) => step !== (index === 0 ? standing : left[index - 1]));
}
