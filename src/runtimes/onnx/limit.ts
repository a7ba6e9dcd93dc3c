/** Runs a task as soon as fewer than the limit are running, in the order of the calls. */
export type Limit = <T>(task: () => Promise<T>) => Promise<T>;

/** At most `count` tasks at once. */
export function createLimit(count: number): Limit {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= count) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await task();
    } finally {
      // The place goes to the next, or is free.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
