/**
 * Does `work` for each item, `width` at once at the most, and gives the results in the items' order,
 * each as soon as it and those before it are done: also while the next item has not come yet.
 * Items are taken no faster than results are.
 *
 * `work` must not reject: what fails is a result like any other.
 */
export async function* inOrder<T, R>(
  items: AsyncIterator<T>,
  width: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const under: Promise<R>[] = [];
  let next: Promise<IteratorResult<T>> | undefined = items.next();
  try {
    while (next || under.length > 0) {
      const [first] = under;
      const came: Came<T> = await nextEvent(first, under.length < width ? next : undefined);
      if (came.kind === "result") {
        void under.shift(); // The same as first, which is awaited.
        yield (await first) as R; // It is there: the event said so.
      } else if (came.item.done) {
        next = undefined;
      } else {
        under.push(work(came.item.value));
        next = items.next();
      }
    }
  } finally {
    await items.return?.(undefined);
  }
}

type Came<T> = { readonly kind: "result" } | { readonly kind: "item"; readonly item: IteratorResult<T> };

/** Whichever comes first: a finished result, or an item to begin with. */
function nextEvent<T>(
  first: Promise<unknown> | undefined,
  next: Promise<IteratorResult<T>> | undefined,
): Promise<Came<T>> {
  const events: Promise<Came<T>>[] = [];
  if (first) events.push(first.then(() => ({ kind: "result" })));
  if (next) events.push(next.then((item) => ({ kind: "item", item })));
  return Promise.race(events);
}
