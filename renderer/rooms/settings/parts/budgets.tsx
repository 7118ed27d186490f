import { useState } from 'react';
import type { Config } from '../../../../electron/contract/config.ts';
import type { BudgetLine } from '../../../../electron/contract/providers.ts';
import { formatDay, formatUsd } from '../../../kit/index.ts';
import { useCall } from '../../../link/index.ts';
import type { Change } from '../state.ts';
import { text } from '../text.ts';
import { MoneyInput } from './money-input.tsx';
import { Row, Section } from './section.tsx';

const FIELDS = [
  { key: 'perTurnUsd', scope: 'turn', label: 'budgetTurn', hint: 'budgetTurnHint' },
  { key: 'usdPerDay', scope: 'day', label: 'budgetDay', hint: 'budgetDayHint' },
  { key: 'usdPerMonth', scope: 'month', label: 'budgetMonth', hint: 'budgetMonthHint' },
] as const;

/** How far one budget is used: spent solid, held by replies under way pale. */
function Used({ line, named = false }: { readonly line: BudgetLine; readonly named?: boolean }) {
  const t = text.useText();
  const share = (usd: number): string =>
    `${Math.min(100, line.limitUsd > 0 ? (usd / line.limitUsd) * 100 : 100).toFixed(1)}%`;
  const name = {
    turn: t('budgetTurn'),
    day: t('budgetDay'),
    month: t('budgetMonth'),
    provider: t('budgetProvider', { name: line.name ?? '' }),
    token: t('budgetToken', { name: line.name ?? '' }),
  }[line.scope];
  const full = line.spentUsd + line.reservedUsd >= line.limitUsd;
  return (
    <span className="flex flex-col gap-1">
      <span className="tabular flex flex-wrap justify-between gap-x-4">
        {named && <span className="text-sm text-ink">{name}</span>}
        <span className={full ? 'text-failed-ink' : ''}>
          {t('budgetUsed', { spent: formatUsd(line.spentUsd), limit: formatUsd(line.limitUsd) })}
          {line.reservedUsd > 0 ? ` · ${t('budgetHeld', { held: formatUsd(line.reservedUsd) })}` : ''}
          {line.resetsAt === null ? '' : ` · ${t('budgetResets', { time: formatDay(line.resetsAt) })}`}
        </span>
      </span>
      <span aria-hidden className="flex h-1 max-w-80 overflow-hidden rounded-full bg-line">
        <span className={full ? 'bg-failed' : 'bg-cloud'} style={{ width: share(line.spentUsd) }} />
        <span className="bg-cloud opacity-45" style={{ width: share(line.reservedUsd) }} />
      </span>
    </span>
  );
}

/** Limits in USD and how far they are used. Reached, replies step down to local models. */
export function BudgetsSection({ config, change }: { readonly config: Config; readonly change: Change }) {
  const t = text.useText();
  const { data } = useCall('budget.status', {}, { topics: ['budgets', 'usage', 'settings'], keepPrevious: true });
  const [wrong, setWrong] = useState<string | null>(null);
  const lines = data?.lines ?? [];
  const others = lines.filter(({ scope }) => scope === 'provider' || scope === 'token');
  const hintOf = (scope: BudgetLine['scope'], hint: 'budgetTurnHint' | 'budgetDayHint' | 'budgetMonthHint') => {
    const line = scope === 'turn' ? undefined : lines.find((each) => each.scope === scope);
    return line === undefined ? t(hint) : <Used line={line} />;
  };
  return (
    <Section id="budgets" title={t('budgets')}>
      {FIELDS.map(({ key, scope, label, hint }) => (
        <Row key={key} label={t(label)} hint={hintOf(scope, hint)} problem={wrong === key ? t('budgetWrong') : null}>
          <MoneyInput
            label={t(label)}
            placeholder={t('budgetNone')}
            value={config.budgets[key]}
            onWrong={(isWrong) => {
              setWrong(isWrong ? key : null);
            }}
            onChange={(value) => {
              change('budgets', { [key]: value });
            }}
          />
        </Row>
      ))}
      {others.length === 0 ? null : (
        <ul aria-label={t('budgetsUsed')} className="divide-y divide-line/60">
          {others.map((line) => (
            <li key={`${line.scope}-${line.name ?? ''}`} className="px-4 py-2.5 text-xs text-ink-3">
              <Used line={line} named />
            </li>
          ))}
        </ul>
      )}
      {data !== undefined && data.savedTodayUsd > 0 ? (
        <p className="tabular px-4 py-2.5 text-xs text-local-ink">
          {t('budgetSaved', { value: formatUsd(data.savedTodayUsd) })}
        </p>
      ) : null}
    </Section>
  );
}
