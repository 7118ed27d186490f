import { diffLines } from 'diff';
import { useMemo } from 'react';
import { cx } from '../../../kit/index.ts';
import { text } from '../text.ts';

const MARKS = { added: '+', removed: '−', same: ' ' } as const;
const LOOKS = {
  added: 'bg-local-soft text-local-ink',
  removed: 'bg-failed-soft text-failed-ink',
  same: 'text-ink-2',
} as const;

/** What a change changes, line by line; signs carry the meaning besides colour. */
export function PolicyDiff({ before, after }: { readonly before: string; readonly after: string }) {
  const t = text.useText();
  const parts = useMemo(() => diffLines(before, after), [before, after]);
  if (!parts.some(({ added, removed }) => added || removed))
    return <p className="px-5 py-6 text-sm text-ink-2">{t('policyNoChange')}</p>;
  return (
    <div tabIndex={0} role="region" aria-label={t('policyChanges')} className="scroll-y h-full py-2 font-mono text-xs">
      {parts.map((part, at) => {
        const kind = part.added ? 'added' : part.removed ? 'removed' : 'same';
        return part.value
          .replace(/\n$/, '')
          .split('\n')
          .map((line, row) => (
            <div key={`${at}-${row}`} className={cx('flex min-h-5 px-4 leading-5 whitespace-pre-wrap', LOOKS[kind])}>
              <span className="w-5 shrink-0 select-none">{MARKS[kind]}</span>
              <span className="min-w-0 flex-1 break-words">{line}</span>
            </div>
          ));
      })}
    </div>
  );
}
