/**
 * Lets everything that waits on the event loop go first. Work that would hold the main thread for
 * more than a few milliseconds is cut into slices with a pause between them.
 */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
