/**
 * Starts work on each item as it comes, at most `most` at a time, and gives the results in the order
 * of the items. `start` must not reject.
 */
export async function* inOrder<T, R>(
  items: AsyncIterable<T>,
  start: (item: T) => Promise<R>,
  most: number,
): AsyncGenerator<R> {
  const iterator = items[Symbol.asyncIterator]();
  const underWay: Promise<R>[] = [];
  let next: Promise<IteratorResult<T>> | undefined = iterator.next();
  try {
    while (next || underWay.length > 0) {
      const [oldest] = underWay;
      const item = next && underWay.length < most ? await firstOf(next, oldest) : undefined;
      if (item?.done) next = undefined;
      else if (item) {
        underWay.push(start(item.value));
        next = iterator.next();
      } else if (oldest) {
        yield await oldest;
        void underWay.shift();
      }
    }
  } finally {
    // Nobody awaits the item that was asked for last, and a source that waits for it ends only with it.
    next?.catch(() => {});
    iterator.return?.().catch(() => {});
  }
}

/** The next item, or undefined if the oldest result is there first. */
async function firstOf<T>(next: Promise<T>, oldest: Promise<unknown> | undefined): Promise<T | undefined> {
  return oldest ? await Promise.race([next, oldest.then(() => undefined)]) : await next;
}
