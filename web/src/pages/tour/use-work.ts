import { useState } from "react";

/** Something that takes a while and may fail. */
export interface Work<T> {
  readonly result: T | undefined;
  readonly error: unknown;
  readonly isBusy: boolean;
  readonly start: () => void;
}

/** Does `work` when started, and keeps what came of it. */
export function useWork<T>(work: (tell: (result: T) => void) => Promise<void>): Work<T> {
  const [result, setResult] = useState<T>();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await work(setResult);
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return { result, error, isBusy, start: () => void run() };
}
