import type { Trace } from '../../../../electron/contract/entities/trace.ts';
import { formatDuration, formatNumber, formatSpeed, formatUsd } from '../../../kit/index.ts';
import { attemptsOf } from '../attempts.ts';

export type FactName =
  | 'status'
  | 'route'
  | 'model'
  | 'policy'
  | 'prompt'
  | 'degraded'
  | 'faults'
  | 'tokensIn'
  | 'tokensOut'
  | 'cost'
  | 'firstToken'
  | 'duration'
  | 'speed';

/** One fact of two traces. */
export interface FactPair {
  readonly name: FactName;
  readonly a: string;
  readonly b: string;
  readonly differs: boolean;
  /** How much more the second has, with its unit; null = it is no number, or the same. */
  readonly difference: string | null;
}

/** Words a fact is said in. */
export interface FactWords {
  status(trace: Trace): string;
  route(trace: Trace): string;
  prompt(trace: Trace): string;
  fault(code: string): string;
  none: string;
  yes: string;
  no: string;
}

/** With its sign: `+120 ms`, `−$0.0021`. */
export const signed = (value: number, format: (size: number) => string): string =>
  `${value > 0 ? '+' : '−'}${format(Math.abs(value))}`;

const policyOf = ({ decision }: Trace): string | null =>
  decision === null ? null : `${decision.policy}${decision.policyVersion ? ` v${String(decision.policyVersion)}` : ''}`;

const faultsOf = (trace: Trace, words: FactWords): string => {
  const codes = attemptsOf(trace).flatMap(({ fault }) => (fault === null ? [] : [fault.code]));
  if (codes.length === 0 && trace.faultCode !== null) codes.push(trace.faultCode);
  return codes.length === 0 ? words.none : codes.map((code) => words.fault(code)).join(', ');
};

/** What two traces are made of, beside each other, differences marked. */
export function factPairs(a: Trace, b: Trace, words: FactWords): readonly FactPair[] {
  const said = (name: FactName, of: (trace: Trace) => string): FactPair => ({
    name,
    a: of(a),
    b: of(b),
    differs: of(a) !== of(b),
    difference: null,
  });
  const measured = (
    name: FactName,
    of: (trace: Trace) => number | null,
    format: (value: number | null) => string,
  ): FactPair => {
    const [left, right] = [of(a), of(b)];
    return {
      name,
      a: format(left),
      b: format(right),
      differs: left !== right,
      difference: left === null || right === null || left === right ? null : signed(right - left, format),
    };
  };
  const number = (value: number | null): string => (value === null ? words.none : formatNumber(value));
  return [
    said('status', (trace) => words.status(trace)),
    said('route', (trace) => words.route(trace)),
    said('model', ({ modelName }) => modelName ?? words.none),
    said('policy', (trace) => policyOf(trace) ?? words.none),
    said('prompt', (trace) => words.prompt(trace)),
    said('degraded', ({ degraded }) => (degraded ? words.yes : words.no)),
    said('faults', (trace) => faultsOf(trace, words)),
    measured('tokensIn', ({ tokensIn }) => tokensIn, number),
    measured('tokensOut', ({ tokensOut }) => tokensOut, number),
    measured('cost', ({ costUsd }) => costUsd, formatUsd),
    measured('firstToken', ({ firstTokenMs }) => firstTokenMs, formatDuration),
    measured('duration', ({ durationMs }) => durationMs, formatDuration),
    measured('speed', ({ tokensPerSecond }) => tokensPerSecond, formatSpeed),
  ];
}
