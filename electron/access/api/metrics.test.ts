import { describe, expect, it } from 'vitest';
import { failed, finished, routed, said, startScriptedApi } from '../../../test/support/scripted-api.ts';
import type { Line } from '../../../test/support/scripted-api.ts';
import { createRegistry } from './prometheus.ts';

const headers = { authorization: 'Bearer right', 'content-type': 'application/json' };

/** Samples by their name and labels. */
function read(text: string): Record<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => {
      expect(line).toMatch(/^[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?[0-9.e+-]+$/u);
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

describe('what the local API counts', () => {
  it('counts answers by status, model, tokens, cost, cache, faults and time, and names no token', async () => {
    const scripts: (readonly Line[])[] = [
      [routed({ degraded: true, cache: 'exact' }), said('a'), finished()],
      [routed(), failed('overloaded')],
    ];
    const { url } = await startScriptedApi(() => scripts.shift() ?? [], {
      breakers: () => [{ modelId: 'acme/big', state: 'half-open' }],
    });
    const ask = async () =>
      (
        await fetch(`${url}/v1/chat/completions`, {
          method: 'POST',
          headers,
          body: '{"model":"switchyard/auto","messages":[{"role":"user","content":"hi"}]}',
        })
      ).text();
    await ask();
    await ask();
    await (await fetch(`${url}/v1/${'x'.repeat(50)}`, { headers })).text();
    const response = await fetch(`${url}/metrics`, { headers });
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const text = await response.text();
    expect(read(text)).toMatchObject({
      'switchyard_requests_total{path="/v1/chat/completions",dialect="openai",status="200"}': 1,
      'switchyard_requests_total{path="/v1/chat/completions",dialect="openai",status="503"}': 1,
      'switchyard_requests_total{path="other",dialect="openai",status="404"}': 1,
      'switchyard_answers_total{model="acme/big",route="cloud"}': 2,
      'switchyard_tokens_total{model="acme/big",kind="in"}': 50,
      'switchyard_tokens_total{model="acme/big",kind="out"}': 10,
      'switchyard_cost_usd_total{model="acme/big"}': 0.25,
      'switchyard_cache_hits_total{kind="exact"}': 1,
      'switchyard_degraded_total{model="acme/big"}': 1,
      'switchyard_faults_total{code="overloaded",origin="infrastructure"}': 1,
      'switchyard_first_token_seconds_count{model="acme/big"}': 1,
      'switchyard_first_token_seconds_bucket{model="acme/big",le="+Inf"}': 1,
      'switchyard_breaker_state{model="acme/big"}': 1,
      switchyard_requests_in_flight: 1,
      'switchyard_build_info{version="1.2.3"}': 1,
    });
    expect(text).not.toContain('right');
    expect(text).not.toContain('"ci"');
  });

  it('tells the breakers of models that are there, and no longer of one that was removed', async () => {
    const breakers: { modelId: string; state: 'closed' | 'open' }[] = [
      { modelId: 'acme/big', state: 'open' },
      { modelId: 'acme/small', state: 'closed' },
    ];
    const { url } = await startScriptedApi(() => [], { breakers: () => breakers });
    const states = async () =>
      Object.entries(read(await (await fetch(`${url}/metrics`, { headers })).text())).filter(([name]) =>
        name.startsWith('switchyard_breaker_state'),
      );
    expect(await states()).toEqual([
      ['switchyard_breaker_state{model="acme/big"}', 2],
      ['switchyard_breaker_state{model="acme/small"}', 0],
    ]);
    breakers.shift();
    expect(await states()).toEqual([['switchyard_breaker_state{model="acme/small"}', 0]]);
  });

  it('adds buckets up and escapes labels', () => {
    const registry = createRegistry();
    const histogram = registry.histogram('h', 'Help.', [1, 2]);
    for (const value of [0.5, 1, 1.5, 9]) histogram.observe({}, value);
    registry.counter('c', 'Help.').add({ l: 'a"b\\c\nd' }, 2);
    expect(registry.text()).toBe(
      [
        '# HELP h Help.',
        '# TYPE h histogram',
        'h_bucket{le="1"} 2',
        'h_bucket{le="2"} 3',
        'h_bucket{le="+Inf"} 4',
        'h_sum 12',
        'h_count 4',
        '# HELP c Help.',
        '# TYPE c counter',
        'c{l="a\\"b\\\\c\\nd"} 2',
        '',
      ].join('\n'),
    );
  });
});
