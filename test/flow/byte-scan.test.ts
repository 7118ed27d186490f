import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../electron/base/clock.ts';
import { createFileLog } from '../../electron/orchestration/app/file-log.ts';
import { traceLines } from '../../electron/telemetry/otel/trace-files.ts';
import { startProvider } from '../support/providers/start-provider.ts';
import { makeCore, makeFolder } from '../support/scripted-core.ts';

const KEYS = ['sk-proj-4f9QmZ71xKcB2nLwT8', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a', 'AKIAIOSFODNN7EXAMPLE'];
const WORDS = ['walnutsecret', 'hazelsecret'];

const bytesUnder = (folder: string): string =>
  readdirSync(folder)
    .map((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? bytesUnder(path) : readFileSync(path, 'latin1');
    })
    .join('\n');

it.each(['preview', 'whole', 'none'] as const)(
  'with traceText: %s no key of a prompt is in database, log or export, and under none no word of one either',
  async (traceText) => {
    const far = await startProvider('openai', (request) => ({ steps: [{ text: `You said ${request.bodyText}` }] }));
    onTestFinished(() => far.close());
    const dataDir = makeFolder();
    const log = createFileLog(join(dataDir, 'logs'), systemClock);
    const { core, dispose } = await makeCore([{ say: 'from here' }], { dataDir, log });
    const config = core.settings.config();
    core.settings.save({
      ...config,
      policy: 'best-quality',
      cache: { ...config.cache, exact: 'always' },
      data: { ...config.data, traceText },
      providers: [
        {
          id: 'far',
          kind: 'openai-compatible',
          baseUrl: far.url,
          apiKey: { env: 'PATH' },
          enabled: true,
          trustedForPrivate: false,
          concurrency: 0,
          usdPerDay: null,
          models: [{ id: 'big', enabled: true, contextTokens: 100_000 }],
        },
      ],
    });
    const ids: string[] = [];
    for (const key of [...KEYS, 'the gate'])
      for (const route of ['far/big', 'auto', 'far/none']) {
        const text = `Why does ${key} not open the ${WORDS.join(' ')}? ${Math.random()}`;
        log.write('warn', 'test.said', { text: key });
        const { traceId, events } = core.complete.start(
          { messages: [{ role: 'user', text }], route, sampling: { temperature: 0 }, stop: [], source: 'api' },
          new AbortController().signal,
        );
        for await (const event of events) if (event.kind === 'end') break;
        ids.push(traceId);
      }
    await vi.waitFor(() => expect(ids.every((id) => core.traces.get(id) !== null)).toBe(true), 5000);
    const whole = ids.flatMap((id) => core.traces.get(id) ?? []);
    const exported = [
      ...traceLines(whole, 'otlp', '1'),
      ...traceLines(whole, 'jsonl', '1'),
      ...traceLines(whole, 'csv', '1'),
    ];
    await dispose();
    const bytes = bytesUnder(dataDir) + exported.join('\n');
    expect(bytes).toContain('test.said');
    for (const key of KEYS) expect(bytes).not.toContain(key);
    if (traceText === 'none') for (const word of WORDS) expect(bytes).not.toContain(word);
    else expect(bytes).toContain(WORDS[0]);
  },
);
