import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { EgressListed } from '../../../../electron/contract/providers.ts';
import { Asker, Outcome, To } from './egress-log.tsx';

const entry = (facts: Partial<EgressListed>): EgressListed => ({
  id: 'e',
  at: 1,
  host: 'api.acme.example:443',
  method: 'POST',
  path: '/v1/chat/completions',
  providerId: 'acme',
  modelId: 'acme/big',
  purpose: 'chat',
  conversationId: null,
  conversationTitle: null,
  tokenName: null,
  traceId: null,
  bytesOut: 1,
  bytesIn: 1,
  status: 200,
  durationMs: 5,
  outcome: 'whole',
  ...facts,
});
const asker = (facts: Partial<EgressListed>) => renderToStaticMarkup(<Asker entry={entry(facts)} />);
const outcome = (facts: Partial<EgressListed>) =>
  renderToStaticMarkup(<Outcome entry={entry(facts)} />).replaceAll(/<[^>]*>/gu, '');

describe('a row of what left this machine', () => {
  it('says where it went, and marks a proxy on the way', () => {
    const to = (facts: Partial<EgressListed>) => renderToStaticMarkup(<To entry={entry(facts)} />);
    expect(to({})).not.toContain('proxy');
    expect(to({ via: 'proxy:3128' })).toMatch(/>api\.acme\.example:443<.*aria-label="through the proxy proxy:3128"/u);
  });

  it('names the conversation it was sent for and offers to open it', () => {
    const html = asker({ conversationId: 'c', conversationTitle: 'Tax <return>' });
    expect(html).toMatch(/^<button[^>]*>Tax &lt;return&gt;<\/button>$/u);
  });

  it('offers nothing to open for a deleted conversation, a call of the API, or a test of a key', () => {
    expect(asker({ conversationId: 'c' })).toMatch(/^<span[^>]*>Deleted<\/span>$/u);
    expect(asker({ tokenName: 'ci' })).toMatch(/^<span[^>]*>API: ci<\/span>$/u);
    expect(asker({ purpose: 'test' })).toMatch(/^<span[^>]*>Test<\/span>$/u);
  });

  it('says what came and what became of it', () => {
    expect(outcome({})).toBe('200');
    expect(outcome({ outcome: 'cut' })).toBe('200, cut');
    expect(outcome({ outcome: 'left' })).toBe('200, stopped');
    expect(outcome({ status: null, outcome: 'cut' })).toBe('No answer');
    expect(outcome({ status: null, outcome: 'left' })).toBe('stopped');
    expect(outcome({ status: null, outcome: null, durationMs: 0 })).toBe('None yet');
    expect(outcome({ status: 503, outcome: 'whole' })).toBe('503');
  });

  it('of an earlier version says only what was written down then', () => {
    expect(outcome({ outcome: null })).toBe('200');
    expect(outcome({ outcome: null, status: null })).toBe('No answer');
  });
});
