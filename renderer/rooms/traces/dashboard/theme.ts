import { useEffect, useState } from 'react';

/** Counts up whenever the colours of the page may have changed. */
export const useThemeTurn = (): number => {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const changed = (): void => {
      setTurn((before) => before + 1);
    };
    const observer = new MutationObserver(changed);
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', changed);
    return () => {
      observer.disconnect();
      dark.removeEventListener('change', changed);
    };
  }, []);
  return turn;
};

/** What CSS colours are at this place, as a canvas understands them. */
export const resolveColours = (place: HTMLElement, colours: readonly string[]): string[] =>
  colours.map((colour) => {
    // One element each: one that changes its colour may answer with the colour it had, where changes take time.
    const probe = document.createElement('span');
    probe.style.color = colour;
    place.append(probe);
    const resolved = getComputedStyle(probe).color;
    probe.remove();
    return resolved;
  });
