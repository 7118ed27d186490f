import type { ReactElement } from 'react';
import type { Candidate, Decision, Trace } from '../../../../electron/contract/entities/trace.ts';
import { attemptsOf } from '../attempts.ts';
import type { Attempt } from '../attempts.ts';
import { tracesText } from '../text.ts';
import { AttributeList } from './span-detail.tsx';
import { said } from '../../../common/core-words/index.ts';

/** Why this model: reasons first, then every model that was looked at, with its score in parts or the reason it was not used. */
export const DecisionCard = ({ trace }: { readonly trace: Trace }): ReactElement => {
  const t = tracesText.useText();
  const { decision } = trace;
  if (decision === null)
    return (
      <section aria-label={t('decision')}>
        <h3 className="mb-1 text-sm font-semibold">{t('decision')}</h3>
        <p className="text-xs text-ink-3">{t('noDecision')}</p>
      </section>
    );
  const first = decision.ladder?.[0] ?? decision.chosen;
  const last = new Map(
    attemptsOf(trace)
      .filter(({ role }) => role !== 'check' && role !== 'summary')
      .map((attempt) => [attempt.modelId, attempt]),
  );
  // Who was asked stands first, in that order; then whoever could have been.
  const place = (id: string): number => {
    const attempt = last.get(id);
    return attempt !== undefined ? attempt.number : id === decision.chosen ? 0 : Infinity;
  };
  const ranked = decision.candidates.toSorted((a, b) => {
    const [left, right] = [place(a.modelId), place(b.modelId)];
    return left === right ? (b.score ?? -1) - (a.score ?? -1) : left - right;
  });
  const firstName = decision.candidates.find(({ modelId }) => modelId === first)?.modelName;
  return (
    <section aria-label={t('decision')} className="min-w-0">
      <div className="mb-2 flex items-baseline gap-3">
        <h3 className="text-sm font-semibold">{t('decision')}</h3>
        <span className="text-xs text-ink-3">
          {(decision.policyVersion ?? 0) === 0
            ? t('policy', { policy: decision.policy })
            : t('policyVersion', { policy: decision.policy, version: decision.policyVersion ?? 0 })}
        </span>
      </div>
      {decision.reasons.length === 0 ? null : (
        <>
          {first === trace.modelId || firstName === undefined ? null : (
            <p className="mb-1 text-xs text-ink-3">{t('whyFirst', { name: firstName })}</p>
          )}
          <ol aria-label={t('reasons')} className="mb-3 max-w-[72ch] space-y-1 text-sm">
            {decision.reasons.map((reason, at) => (
              <li key={at} className="flex gap-2">
                <span aria-hidden="true" className="tabular w-4 shrink-0 text-right text-ink-3">
                  {at + 1}
                </span>
                {said(reason)}
              </li>
            ))}
          </ol>
        </>
      )}
      <Path decision={decision} />
      {ranked.length === 0 ? null : (
        <table aria-label={t('candidates')} className="w-full table-fixed text-xs">
          <thead className="text-left text-2xs text-ink-3">
            <tr className="border-b border-line">
              <th scope="col" className="w-[34%] py-1.5 pr-3 font-normal">
                {t('candidate')}
              </th>
              <th scope="col" className="w-32 py-1.5 pr-3 font-normal">
                {t('score')}
              </th>
              <th scope="col" className="py-1.5 font-normal">
                {t('verdict')}
              </th>
            </tr>
          </thead>
          <tbody>
            {ranked.map((candidate) => (
              <CandidateRow
                key={candidate.modelId}
                candidate={candidate}
                chosen={candidate.modelId === decision.chosen}
                first={candidate.modelId === first}
                attempt={last.get(candidate.modelId) ?? null}
              />
            ))}
          </tbody>
        </table>
      )}
      {Object.keys(decision.features).length === 0 ? null : (
        <details className="mt-2 text-xs">
          <summary className="flex min-h-8 items-center text-ink-2 hover:text-ink">{t('features')}</summary>
          <AttributeList attributes={decision.features} empty={null} />
        </details>
      )}
    </section>
  );
};

/** What the score is made of: known names have words. */
const PARTS = ['quality', 'cost', 'latency'] as const;
const isPart = (name: string): name is (typeof PARTS)[number] => PARTS.some((part) => part === name);
/** Colour means a route everywhere else, so parts are told apart by shade. */
const SHADES = ['bg-ink-2', 'bg-ink-3/70', 'bg-ink-3/35'] as const;

const ScoreBar = ({
  parts,
  score,
  chosen,
}: {
  readonly parts: readonly (readonly [string, number])[];
  readonly score: number;
  readonly chosen: boolean;
}): ReactElement => (
  <span aria-hidden="true" className="flex h-1.5 flex-1 overflow-hidden rounded-full bg-sunken">
    {(parts.length === 0 ? [['', score] as const] : parts).map(([name, value], at) => (
      <span
        key={name}
        className={`block h-full ${SHADES[at % SHADES.length] ?? ''} ${chosen ? '' : 'opacity-70'}`}
        style={{ width: `${String(Math.round(Math.min(1, Math.max(0, value)) * 1000) / 10)}%` }}
      />
    ))}
  </span>
);

/** Which rules spoke, and whom the line would fall to. */
const Path = ({ decision }: { readonly decision: Decision }): ReactElement | null => {
  const t = tracesText.useText();
  const rules = decision.rules ?? [];
  const ladder = decision.ladder ?? [];
  if (rules.length === 0 && ladder.length < 2) return null;
  const named = (id: string): string =>
    decision.candidates.find((candidate) => candidate.modelId === id)?.modelName ?? id;
  return (
    <dl className="mb-3 grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 text-xs">
      {rules.length === 0 ? null : (
        <>
          <dt className="text-ink-3">{t('rulesMatched')}</dt>
          <dd>{rules.join(', ')}</dd>
        </>
      )}
      {ladder.length < 2 ? null : (
        <>
          <dt className="text-ink-3">{t('ladder')}</dt>
          <dd>
            <ol className="flex flex-wrap gap-y-0.5">
              {ladder.map((id, at) => (
                <li key={id} className={at === 0 ? 'font-medium' : 'text-ink-2'}>
                  {at === 0 ? null : (
                    <span aria-hidden="true" className="px-1.5 text-ink-3">
                      →
                    </span>
                  )}
                  {named(id)}
                </li>
              ))}
            </ol>
          </dd>
        </>
      )}
    </dl>
  );
};

interface Looked {
  readonly candidate: Candidate;
  readonly chosen: boolean;
  /** The first to be asked. */
  readonly first: boolean;
  /** Its last call for an answer; null = it was not asked for one. */
  readonly attempt: Attempt | null;
}

/** What became of one model, in a few words. */
const verdictOf = (t: ReturnType<typeof tracesText.useText>, { candidate, chosen, first, attempt }: Looked): string => {
  if (!chosen && attempt?.action === 'escalated') return t('action.escalated');
  if (attempt !== null && attempt.fault !== null)
    return t('failedWord', { fault: t(`faultName.${attempt.fault.code}`) });
  if (chosen) return t(first ? 'chosenWord' : 'steppedIn');
  if (attempt?.action === 'dropped') return t('outrun');
  return t(candidate.rejected === null ? 'passedWord' : 'rejectedWord');
};

const CandidateRow = ({ candidate, chosen, first, attempt }: Looked): ReactElement => {
  const t = tracesText.useText();
  const lost = attempt?.fault ?? null;
  const verdict = verdictOf(t, { candidate, chosen, first, attempt });
  const doubt = !chosen && attempt?.action === 'escalated' ? (attempt.check?.reason ?? null) : null;
  const parts = Object.entries(candidate.parts);
  return (
    <tr className={`border-b border-line align-top ${chosen ? '' : 'text-ink-2'}`}>
      <th scope="row" className={`py-2 pr-3 text-left break-words ${chosen ? 'font-semibold' : 'font-normal'}`}>
        {candidate.modelName}
      </th>
      <td className="py-2 pr-3">
        {candidate.score === null ? (
          <span aria-hidden="true" className="text-ink-3">
            –
          </span>
        ) : (
          <span className="flex items-center gap-2">
            <span className="w-8">{candidate.score.toFixed(2)}</span>
            <ScoreBar parts={parts} score={candidate.score} chosen={chosen} />
          </span>
        )}
      </td>
      <td className="py-2">
        <span className={chosen ? 'font-medium text-ink' : ''}>{verdict}</span>
        {doubt === null ? null : <span>{t('because', { reason: said(doubt) })}</span>}
        {candidate.rejected === null || lost !== null ? null : (
          <span>{t('because', { reason: said(candidate.rejected) })}</span>
        )}
        {parts.length === 0 || candidate.score === null ? null : (
          <span className="mt-1 flex flex-wrap gap-x-3 gap-y-0.5 text-2xs text-ink-3">
            {parts.map(([name, value], at) => (
              <span key={name} className="flex items-center gap-1">
                <span aria-hidden="true" className={`size-1.5 rounded-xs ${SHADES[at % SHADES.length] ?? ''}`} />
                {isPart(name) ? t(`part.${name}`) : name} <span className="tabular">{value.toFixed(2)}</span>
              </span>
            ))}
          </span>
        )}
      </td>
    </tr>
  );
};
