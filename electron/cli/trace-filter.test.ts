import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TraceRow } from '../contract/entities/trace.ts';
import { TRACE_STATUSES } from '../contract/names.ts';
import { CliFailure } from './failure.ts';
import { matches, narrowing, parseTraceFilter } from './trace-filter.ts';

const row: TraceRow = {
  id: '01939c5e-0000-7000-8000-000000000001',
  turnId: null,
  conversationId: null,
  messageId: null,
  startedAt: 1,
  durationMs: 250,
  status: 'ok',
  source: 'api',
  private: false,
  modelId: 'local/tiny',
  modelName: 'Tiny',
  route: 'local',
  degraded: true,
  faultCode: null,
  faultOrigin: null,
  promptVersionId: null,
  tokensIn: 10,
  tokensCached: 0,
  tokensOut: 7,
  firstTokenMs: null,
  tokensPerSecond: 80.5,
  costUsd: 0,
  rating: null,
  preview: 'What is "to be"?',
};
const passes = (expression: string): boolean => matches(parseTraceFilter(expression), row);

function refusal(expression: string): CliFailure {
  try {
    parseTraceFilter(expression);
  } catch (error) {
    if (error instanceof CliFailure) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('the filter of traces', () => {
  it.each([
    ['', true],
    ['status=ok', true],
    ['status!=ok', false],
    ['status=ok degraded=yes durationMs>=250', true],
    ['durationMs > 250', false],
    ['tokensPerSecond<80.6 tokensOut=7', true],
    ['model=local/tiny source=api', true],
    ['fault=none rating=none', true],
    ['text="TO BE"', true],
    ['text="\\"to be\\""', true],
    ['text!=been', true],
    ['firstTokenMs<1000', false],
    ['firstTokenMs!=5', false],
  ])('reads %j', (expression, expected) => {
    expect(passes(expression)).toBe(expected);
  });

  it.each([
    ['speed>3', 'There is no field "speed"'],
    ['constructor=3', 'There is no field "constructor"'],
    ['status=broken', 'is one of running, ok, stopped, failed'],
    ['durationMs>fast', 'is a number'],
    ['status>ok', 'has no order'],
    ['degraded=perhaps', 'true or false'],
    ['status', 'cannot be read from "status" on'],
    ['status=ok && fault=none', 'cannot be read from "&& fault=none" on'],
    ['text="open', 'cannot be read'],
  ])('refuses %j and says why', (expression, sentence) => {
    const failure = refusal(expression);
    expect(failure.exitCode).toBe(2);
    expect(failure.message).toContain(sentence);
  });

  it('gives any text back as terms or a refusal', () => {
    const bits = fc.constantFrom('status', 'text', '=', '>', '!=', ' ', '"', '\\', 'ok', '3', 'é', 'costUsd');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(bits).map((parts) => parts.join('')),
        ),
        (expression) => {
          try {
            parseTraceFilter(expression);
          } catch (error) {
            expect(error).toBeInstanceOf(CliFailure);
          }
        },
      ),
    );
  });

  it('reads back what it would be written as', () => {
    const quoted = (text: string) => `"${text.replace(/["\\]/gu, '\\$&')}"`;
    const term = fc.oneof(
      fc.record({
        field: fc.constant('status'),
        operator: fc.constant('='),
        value: fc.constantFrom(...TRACE_STATUSES),
      }),
      fc.record({ field: fc.constant('text'), operator: fc.constantFrom('=', '!='), value: fc.string() }),
      fc.record({ field: fc.constant('costUsd'), operator: fc.constantFrom('<', '>='), value: fc.integer() }),
    );
    fc.assert(
      fc.property(fc.array(term, { maxLength: 4 }), (terms) => {
        const expression = terms
          .map(
            ({ field, operator, value }) => `${field}${operator}${typeof value === 'number' ? value : quoted(value)}`,
          )
          .join(' ');
        expect(parseTraceFilter(expression)).toEqual(terms);
      }),
    );
  });

  it('hands storage what storage can narrow by', () => {
    expect(narrowing(parseTraceFilter('status=failed model=a/b durationMs>5 fault!=none degraded=1'))).toEqual({
      status: 'failed',
      modelId: 'a/b',
      minDurationMs: 5,
      degraded: true,
    });
  });
});
