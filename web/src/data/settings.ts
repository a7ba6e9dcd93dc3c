/** Keeps a choice of this browser; a browser that keeps nothing forgets it. */
export function saveSetting(name: string, value: string): void {
  try {
    localStorage.setItem(`sirve.${name}`, value);
  } catch {
    // Storage is full or forbidden: the choice holds until the page is left.
  }
}

export function readSetting(name: string): string | null {
  try {
    return localStorage.getItem(`sirve.${name}`);
  } catch {
    return null;
  }
}
