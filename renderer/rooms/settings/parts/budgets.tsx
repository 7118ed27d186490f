import { useState } from 'react';
import type { Config } from '../../../../electron/contract/config.ts';
import type { BudgetLine } from '../../../../electron/contract/providers.ts';
import { formatDateTime, formatUsd } from '../../../kit/index.ts';
import { useCall } from '../../../link/index.ts';
import type { Change } from '../state.ts';
import { text } from '../text.ts';
import { MoneyInput } from './money-input.tsx';
import { Row, Section } from './section.tsx';

const FIELDS = [
  { key: 'perTurnUsd', label: 'budgetTurn', hint: 'budgetTurnHint' },
  { key: 'usdPerDay', label: 'budgetDay', hint: 'budgetDayHint' },
  { key: 'usdPerMonth', label: 'budgetMonth', hint: 'budgetMonthHint' },
] as const;

/** How far one budget is used: spent solid, held by replies under way hatched. */
function Used({ line }: { readonly line: BudgetLine }) {
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
    <li className="flex flex-col gap-1 px-4 py-2.5">
      <div className="tabular flex flex-wrap justify-between gap-x-4 text-xs">
        <span className="text-ink">{name}</span>
        <span className={full ? 'text-failed-ink' : 'text-ink-2'}>
          {t('budgetUsed', { spent: formatUsd(line.spentUsd), limit: formatUsd(line.limitUsd) })}
          {line.reservedUsd > 0 ? ` · ${t('budgetHeld', { held: formatUsd(line.reservedUsd) })}` : ''}
          {line.resetsAt === null ? '' : ` · ${t('budgetResets', { time: formatDateTime(line.resetsAt) })}`}
        </span>
      </div>
      <div aria-hidden className="flex h-1.5 overflow-hidden rounded-full bg-hover">
        <span className={full ? 'bg-failed' : 'bg-cloud'} style={{ width: share(line.spentUsd) }} />
        <span className="bg-cloud opacity-45" style={{ width: share(line.reservedUsd) }} />
      </div>
    </li>
  );
}

/** Limits in USD and how far they are used. Reached, replies step down to local models. */
export function BudgetsSection({ config, change }: { readonly config: Config; readonly change: Change }) {
  const t = text.useText();
  const { data } = useCall('budget.status', {}, { topics: ['budgets', 'usage', 'settings'], keepPrevious: true });
  const [wrong, setWrong] = useState<string | null>(null);
  const lines = data?.lines.filter(({ scope }) => scope !== 'turn') ?? [];
  return (
    <Section id="budgets" title={t('budgets')}>
      {FIELDS.map(({ key, label, hint }) => (
        <Row key={key} label={t(label)} hint={t(hint)} problem={wrong === key ? t('budgetWrong') : null}>
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
      {lines.length === 0 ? null : (
        <ul aria-label={t('budgetsUsed')} className="divide-y divide-line/60">
          {lines.map((line) => (
            <Used key={`${line.scope}-${line.name ?? ''}`} line={line} />
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
