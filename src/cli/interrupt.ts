/**
 * Fires on the first Ctrl-C or SIGTERM, so that a command can end by itself and print what it
 * has; a second one ends the process at once. `release` gives the signals back.
 */
export function onInterrupt(): { readonly stop: AbortSignal; release(): void } {
  const controller = new AbortController();
  const handle = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(signal === "SIGINT" ? 130 : 143);
    controller.abort();
  };
  process.on("SIGINT", handle);
  process.on("SIGTERM", handle);
  return {
    stop: controller.signal,
    release: () => {
      process.off("SIGINT", handle);
      process.off("SIGTERM", handle);
    },
  };
}
