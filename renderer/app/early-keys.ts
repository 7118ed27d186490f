/** Holds what is typed between a key that opens something and the moment its field has the keyboard. */
export interface EarlyKeys {
  /** From now on letters are kept back from the page. Nothing is kept twice. */
  hold(): void;
  /** What was typed so far; null = nothing is held. */
  held(): string | null;
  /** What was typed; from now on keys go where they went before. */
  take(): string;
}

export function createEarlyKeys(target: Pick<Window, 'addEventListener' | 'removeEventListener'>): EarlyKeys {
  let typed: string | null = null;
  const keep = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === 'Backspace') typed = (typed ?? '').slice(0, -1);
    else if ([...event.key].length === 1) typed = (typed ?? '') + event.key;
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return {
    hold() {
      if (typed !== null) return;
      typed = '';
      target.addEventListener('keydown', keep, { capture: true });
    },
    held: () => typed,
    take() {
      target.removeEventListener('keydown', keep, { capture: true });
      const all = typed ?? '';
      typed = null;
      return all;
    },
  };
}

/** The palette's own: it opens a moment after Ctrl+K. */
export const paletteKeys: EarlyKeys =
  typeof window === 'undefined' ? { hold: () => undefined, held: () => null, take: () => '' } : createEarlyKeys(window);
