import type { Entry } from "./entry.ts";

/**
 * The waiting requests of one shape in the order in which they are served: higher priority first,
 * then oldest first. A doubly linked list through the entries: adding one of the usual priority
 * and removing any take O(1) and no memory.
 */
export class ShapeQueue {
  readonly key: string;
  first: Entry | undefined;
  #last: Entry | undefined;

  constructor(key: string) {
    this.key = key;
  }

  /** Adds an entry behind all of its priority or above. */
  add(entry: Entry): void {
    const { priority } = entry.work;
    let before = this.#last;
    while (before && before.work.priority < priority) before = before.previous;
    const after = before ? before.next : this.first;
    entry.previous = before;
    entry.next = after;
    if (before) before.next = entry;
    else this.first = entry;
    if (after) after.previous = entry;
    else this.#last = entry;
    entry.shape = this;
  }

  /** Takes an entry out, wherever it stands. */
  remove(entry: Entry): void {
    const { previous, next } = entry;
    if (previous) previous.next = next;
    else this.first = next;
    if (next) next.previous = previous;
    else this.#last = previous;
    entry.previous = undefined;
    entry.next = undefined;
    entry.shape = undefined;
  }
}
