import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { makeFault } from '../../../../electron/contract/fault-facts.ts';
import type { Fault } from '../../../../electron/contract/faults.ts';
import { candidate, span, traceOf } from '../../../../test/support/made-trace.ts';
import { FaultCard } from './fault-card.tsx';

const drawn = (fault: Fault): string => {
  const failed = span({ id: 'a1', kind: 'attempt', startMs: 1, fault });
  const { decision } = traceOf([]);
  const named = decision && {
    ...decision,
    candidates: [{ ...candidate('p-7f3a/big'), modelName: 'Acme Big' }],
  };
  const facts = { status: 'failed', faultCode: fault.code, faultOrigin: fault.origin, decision: named } as const;
  return renderToStaticMarkup(<FaultCard trace={traceOf([failed], facts)} />);
};

describe('the card of a fault', () => {
  it('does not promise that a prompt that is too long gets through when it is sent again', () => {
    const html = drawn(makeFault('context_length'));
    expect(html).toContain('Shorten the message');
    expect(html).toContain('Trying again helps only after that change.');
    expect(html).not.toContain('Trying again can help.');
  });

  it('says that trying again can help where it can, and that it cannot where it cannot', () => {
    expect(drawn(makeFault('overloaded'))).toContain('Trying again can help.');
    expect(drawn(makeFault('auth'))).toContain('Trying again as it is will not help.');
    expect(drawn(makeFault('cancelled'))).not.toContain('Trying again');
  });

  it('names the model as a person knows it, not by its id', () => {
    const html = drawn(makeFault('overloaded', undefined, 'p-7f3a/big'));
    expect(html).toContain('Acme Big');
    expect(html).not.toContain('p-7f3a');
  });
});
