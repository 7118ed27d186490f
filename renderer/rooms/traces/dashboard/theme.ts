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
export const resolveColours = (place: HTMLElement, colours: readonly string[]): string[] => {
  const probe = document.createElement('span');
  place.append(probe);
  const resolved = colours.map((colour) => {
    probe.style.color = colour;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return resolved;
};
