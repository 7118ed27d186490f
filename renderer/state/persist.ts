/** Small UI facts kept over a restart. Junk in storage counts as nothing kept. */
export function readKept<T extends object>(key: string, defaults: T): T {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return defaults;
    const result = { ...defaults } as Record<string, unknown>;
    for (const [name, value] of Object.entries(kept)) {
      if (name in defaults && typeof value === typeof result[name]) result[name] = value;
    }
    return result as T;
  } catch {
    return defaults;
  }
}

/** What is kept somewhere else now. */
export function forget(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // A forbidden storage held nothing.
  }
}

export function keep(key: string, value: object): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A full or forbidden storage only means the layout is not remembered.
  }
}
