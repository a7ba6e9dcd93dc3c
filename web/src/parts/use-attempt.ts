import { useState } from "react";

/** Something that a person begins and that may fail. */
export interface Attempt {
  /** Why the last one failed; undefined: it did not. */
  readonly error: unknown;
  readonly isBusy: boolean;
  /** Does `work` and keeps why it failed. Never rejects. */
  readonly attempt: (work: () => Promise<void>) => Promise<void>;
  readonly clear: () => void;
}

/** One attempt at a time, and what came of the last. */
export function useAttempt(): Attempt {
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const clear = () => setError(undefined);
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    clear();
    try {
      await work();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return { error, isBusy, attempt, clear };
}
