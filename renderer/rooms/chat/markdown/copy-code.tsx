import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { copyText } from '../parts/copy.ts';
import { text as words } from '../text.ts';

/** Copies code, and shows for a moment that it did. */
export function CopyCode({ text }: { readonly text: () => string }): ReactNode {
  const t = words.useText();
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => setDone(false), 1_500);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <button
      type="button"
      className="flex h-8 items-center gap-1.5 rounded-md px-2 text-xs text-ink-2 hover:bg-hover hover:text-ink"
      aria-label={t('markdown.copyCode')}
      onClick={() => void copyText(text()).then((ok) => setDone(ok))}
    >
      {done ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      {done ? t('copied') : t('copy')}
    </button>
  );
}
