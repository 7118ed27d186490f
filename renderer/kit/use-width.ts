import { useEffect, useState } from 'react';

/** Width of an element in px, followed as it changes: what fits is a matter of the room, not of the window. */
export const useWidth = (): readonly [(element: HTMLElement | null) => void, number] => {
  const [widthPx, setWidthPx] = useState(() => window.innerWidth);
  const [element, setElement] = useState<HTMLElement | null>(null);
  useEffect(() => {
    if (element === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidthPx(entry.contentRect.width);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [element]);
  return [setElement, widthPx];
};
