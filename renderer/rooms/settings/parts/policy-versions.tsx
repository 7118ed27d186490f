import { RotateCcw } from 'lucide-react';
import type { PolicyVersion } from '../../../../electron/contract/policy.ts';
import { Button, formatDateTime } from '../../../kit/index.ts';
import { call, useAction } from '../../../link/index.ts';
import { text } from '../text.ts';
import { said } from '../../../common/core-words/index.ts';

/** Versions of a policy, newest first; any can be taken back into the editor. */
export function PolicyVersions({
  name,
  current,
  versions,
  onTake,
}: {
  readonly name: string;
  readonly current: number;
  readonly versions: readonly Omit<PolicyVersion, 'text'>[];
  readonly onTake: (text: string) => void;
}) {
  const t = text.useText();
  const { run, busy, fault } = useAction((number: number) => call('policy.get', { name, number }));
  return (
    <div tabIndex={0} role="region" aria-label={t('policyVersions')} className="scroll-y h-full">
      {fault === null ? null : (
        <p role="alert" className="px-5 py-2 text-sm text-failed-ink">
          {said(fault.detail)}
        </p>
      )}
      <ul className="divide-y divide-line/60 px-5">
        {versions
          .toSorted((a, b) => b.number - a.number)
          .map(({ number, note, createdAt }) => (
            <li key={number} className="flex items-center gap-3 py-2 text-sm">
              <span className="tabular w-24 font-medium">
                {number === 0 ? t('policyBuiltIn') : t('policyVersion', { value: number })}
              </span>
              <span className="min-w-0 flex-1 truncate text-ink-2">{note}</span>
              {createdAt === 0 ? null : <span className="tabular text-xs text-ink-3">{formatDateTime(createdAt)}</span>}
              {number === current ? (
                <span className="w-28 text-right text-xs text-ink-3">{t('policyInForce')}</span>
              ) : (
                <Button
                  look="ghost"
                  icon={RotateCcw}
                  disabled={busy}
                  className="w-28"
                  onClick={() => void run(number).then((found) => found && onTake(found.text))}
                >
                  {t('policyTake')}
                </Button>
              )}
            </li>
          ))}
      </ul>
    </div>
  );
}
