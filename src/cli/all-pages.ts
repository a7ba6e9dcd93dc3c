/** Every entry of a list that comes page by page. */
export async function allPages<T>(
  ask: (query: {
    readonly limit: number;
    readonly after?: string;
  }) => Promise<{ readonly list: readonly T[]; readonly next: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  let after: { readonly after?: string } = {};
  for (;;) {
    const { list, next } = await ask({ limit: LIMIT, ...after });
    all.push(...list);
    if (next === undefined) return all;
    after = { after: next };
  }
}

/** The most that the server gives at once. */
const LIMIT = 1000;
