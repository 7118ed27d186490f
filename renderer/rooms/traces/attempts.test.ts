import { describe, expect, it } from 'vitest';
import { attempt, span, traceOf } from '../../../test/support/made-trace.ts';
import { attemptsOf, isWorthTelling, routeOfSpan, savedUsdOf, skippedOf } from './attempts.ts';
import { stopsOf } from './stops.ts';

const words = {
  notNeeded: (score: string) => `score ${score}`,
  draft: () => 'not needed',
  times: (count: number, reason: string) => `${String(count)} times, ${reason}`,
};

describe('attempts of a trace', () => {
  const trace = traceOf([
    attempt(2, 'acme/big', { action: 'fell back', waitedMs: 20 }, 'overloaded'),
    attempt(1, 'acme/big', { action: 'retried', waitMs: 310 }, 'overloaded'),
    attempt(3, 'local/small', { action: 'answered', firstTokenMs: 12, costUsd: 0 }),
  ]);

  it('come in the order they began, with what was done about each', () => {
    expect(attemptsOf(trace).map(({ number, action, waitMs }) => [number, action, waitMs])).toEqual([
      [1, 'retried', 310],
      [2, 'fell back', null],
      [3, 'answered', null],
    ]);
    expect(attemptsOf(trace)[0]?.modelName).toBe('ACME/BIG');
  });

  it('of older traces are read by their faults', () => {
    const old = traceOf([attempt(1, 'acme/big', {}, 'timeout'), attempt(2, 'local/small')]);
    expect(attemptsOf(old).map(({ action, role }) => [action, role])).toEqual([
      ['failed', 'answer'],
      ['answered', 'answer'],
    ]);
  });

  it('are told only when there is something to tell', () => {
    expect(isWorthTelling(attemptsOf(trace), [])).toBe(true);
    expect(isWorthTelling(attemptsOf(traceOf([attempt(1, 'local/small')])), [])).toBe(false);
    expect(isWorthTelling(attemptsOf(traceOf([attempt(1, 'local/small', { role: 'draft' })])), [])).toBe(true);
  });

  it('name the models that were passed over', () => {
    const event = { name: 'model skipped', atMs: 1, attributes: { modelId: 'acme/eye', detail: 'Its key is gone.' } };
    const passed = traceOf([span({ id: 'x', kind: 'route', startMs: 1, events: [event] })]);
    expect(skippedOf(passed)).toEqual([{ modelId: 'acme/eye', modelName: 'ACME/EYE', detail: 'Its key is gone.' }]);
  });

  it('give their colour to the steps under them, whoever answered in the end', () => {
    const stream = span({ id: 's', kind: 'stream', startMs: 120, parentId: 'a1' });
    const both = traceOf([...trace.spans.slice(1), stream]);
    expect(routeOfSpan(both, stream)).toBe('cloud');
    expect(routeOfSpan(both, both.spans[0] ?? stream)).toBe(null);
  });

  it('say what was saved once, from the step that knows it', () => {
    const check = span({ id: 'c', kind: 'check', startMs: 5, attributes: { savedUsd: 0.002 } });
    expect(savedUsdOf(traceOf([check]))).toBe(0.002);
    expect(savedUsdOf(trace)).toBe(0);
  });
});

describe('the route line of a trace', () => {
  it('shows a model that failed as switched away from, retries as one place', () => {
    const trace = traceOf([
      attempt(1, 'acme/big', { action: 'retried' }, 'overloaded'),
      attempt(2, 'acme/big', { action: 'fell back' }, 'overloaded'),
      attempt(3, 'local/small', { action: 'answered' }),
    ]);
    expect(stopsOf(trace, words).map(({ name, state, tone }) => [name, state, tone])).toEqual([
      ['ACME/EYE', 'rejected', 'neutral'],
      ['ACME/BIG', 'passed', 'failed'],
      ['LOCAL/SMALL', 'chosen', 'degraded'],
    ]);
    expect(stopsOf(trace, words)[1]?.reason).toMatch(/^2 times, /);
  });

  it('shows a draft that was doubted without the colour of a failure', () => {
    const trace = traceOf(
      [
        attempt(1, 'local/small', { action: 'escalated', role: 'draft' }, 'unverified'),
        attempt(2, 'acme/big', { action: 'answered' }),
      ],
      { modelId: 'acme/big', modelName: 'ACME/BIG', route: 'cloud', degraded: false },
    );
    expect(stopsOf(trace, words).map(({ name, state, tone }) => [name, state, tone])).toEqual([
      ['ACME/EYE', 'rejected', 'neutral'],
      ['LOCAL/SMALL', 'passed', 'neutral'],
      ['ACME/BIG', 'chosen', 'cloud'],
    ]);
  });

  it('ends at the last failure when nobody answered', () => {
    const trace = traceOf([attempt(1, 'acme/big', { action: 'failed' }, 'auth')], { status: 'failed', modelId: null });
    expect(stopsOf(trace, words).at(-1)).toMatchObject({ name: 'ACME/BIG', state: 'passed' });
  });
});
