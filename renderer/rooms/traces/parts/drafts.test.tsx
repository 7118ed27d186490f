import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { makeFault } from '../../../../electron/contract/fault-facts.ts';
import { attempt, candidate, span, traceOf } from '../../../../test/support/made-trace.ts';
import { AttemptsCard } from './attempts-card.tsx';
import { DecisionCard } from './decision-card.tsx';
import { FaultCard } from './fault-card.tsx';

const DOUBT = 'It was unsure: its words had a mean probability of 0.20, and 0.55 is asked for.';
const words = (html: string): string =>
  html
    .replaceAll(/<[^>]*>/gu, ' ')
    .replaceAll(/\s+/gu, ' ')
    .trim();
/** One row of a table or list, by the model's name. */
const row = (html: string, name: string): string =>
  html
    .split(html.includes('<tr') ? /<tr\b/u : /<li\b/u)
    .slice(1)
    .map((part) => words(`<li ${part}`))
    .find((part) => part.includes(name)) ?? '';

const check = (attributes: Parameters<typeof span>[0]['attributes']) =>
  span({
    id: 'check',
    kind: 'check',
    startMs: 150,
    fault: attributes?.['passed'] === true ? null : makeFault('unverified', DOUBT, 'acme/mini'),
    attributes: { modelId: 'acme/mini', ...attributes },
  });
const decision = {
  policy: 'drafting',
  chosen: 'acme/big',
  ladder: ['acme/mini', 'acme/big'],
  reasons: [],
  candidates: [candidate('acme/mini'), candidate('acme/big'), candidate('acme/sloth')],
  features: {},
};
const doubted = traceOf(
  [
    attempt(1, 'acme/mini', { role: 'draft', action: 'escalated' }),
    check({ passed: false, reason: DOUBT, confidence: 0.2 }),
    // Its draft was asked for again, to see whether it says the same.
    attempt(2, 'acme/mini', { role: 'check', action: 'dropped' }),
    attempt(3, 'acme/big', { action: 'answered' }),
  ],
  { modelId: 'acme/big', modelName: 'ACME/BIG', route: 'cloud', degraded: false, decision },
);

describe('a draft that was doubted', () => {
  it('says why beside its call and beside its model, and never that it was not needed', () => {
    const attempts = renderToStaticMarkup(<AttemptsCard trace={doubted} />);
    expect(row(attempts, 'ACME/MINI')).toContain('Draft doubted, better model asked');
    expect(row(attempts, 'ACME/MINI')).toContain(DOUBT);
    const verdicts = renderToStaticMarkup(<DecisionCard trace={doubted} />);
    expect(row(verdicts, 'ACME/MINI')).toContain(`Draft doubted, better model asked : ${DOUBT}`);
    expect(row(verdicts, 'ACME/BIG')).toContain('Answered in its place');
    expect(row(verdicts, 'ACME/SLOTH')).toContain('Not needed');
  });

  it('leaves no warning on the answer of the better model', () => {
    expect(renderToStaticMarkup(<FaultCard trace={doubted} />)).toBe('');
  });

  it('that had to do all the same keeps the warning', () => {
    const alone = traceOf(
      [
        attempt(1, 'acme/mini', { role: 'draft', action: 'escalated' }),
        check({ passed: false, reason: DOUBT, confidence: 0.2 }),
      ],
      { modelId: 'acme/mini', modelName: 'ACME/MINI', route: 'cloud', degraded: true, decision },
    );
    expect(words(renderToStaticMarkup(<FaultCard trace={alone} />))).toContain(DOUBT);
  });
});

describe('a draft that was kept', () => {
  it('says that it was checked and how sure its model was', () => {
    const kept = traceOf(
      [
        attempt(1, 'acme/mini', { role: 'draft', action: 'answered' }),
        check({ passed: true, reason: null, confidence: 0.98, savedUsd: 0.07 }),
      ],
      { modelId: 'acme/mini', modelName: 'ACME/MINI', decision: { ...decision, chosen: 'acme/mini' } },
    );
    const html = renderToStaticMarkup(<AttemptsCard trace={kept} />);
    expect(row(html, 'ACME/MINI')).toContain('checked and kept, mean probability 0.98');
    expect(row(renderToStaticMarkup(<DecisionCard trace={kept} />), 'ACME/MINI')).toContain('Chosen');
  });
});

describe('a call that another was asked beside', () => {
  it('says that the other answered sooner', () => {
    const hedged = traceOf(
      [attempt(1, 'acme/sloth', { action: 'dropped' }), attempt(2, 'acme/big', { role: 'hedge', action: 'answered' })],
      { modelId: 'acme/big', modelName: 'ACME/BIG', decision },
    );
    const html = renderToStaticMarkup(<DecisionCard trace={hedged} />);
    expect(row(html, 'ACME/SLOTH')).toContain('Asked; another answered sooner');
    expect(row(renderToStaticMarkup(<AttemptsCard trace={hedged} />), 'ACME/BIG')).toContain('asked beside the first');
  });
});
