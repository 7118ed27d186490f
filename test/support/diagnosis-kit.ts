import { expect, onTestFinished, vi } from 'vitest';
import type { Diagnosis } from '../../electron/contract/entities/diagnosis.ts';
import type { ProviderConfig } from '../../electron/contract/providers.ts';
import type { CompleteRequest } from '../../electron/orchestration/complete/complete.ts';
import { diagnose } from '../../electron/telemetry/diagnosis/diagnose.ts';
import type { AnswerScript, ScriptError } from './providers/script.ts';
import { farProvider } from './providers/far-provider.ts';
import { startProvider } from './providers/start-provider.ts';
import { makeCore } from './scripted-core.ts';
import type { ScriptedEngineOptions, Step } from './scripted-engine.ts';

/** An answer of the provider, and one that fails. */
export const hello: AnswerScript = { steps: [{ text: 'Hello ' }, { text: 'from afar.' }], usage: { in: 40, out: 20 } };
export const refused = (status: number, error: ScriptError): AnswerScript => ({ status, error });
export const broken = refused(500, { type: 'server_error', message: 'The server had an error.' });

const model = (id: string, usdPerMTok: number): ProviderConfig['models'][number] => ({
  id,
  enabled: true,
  quality: 0.9,
  contextTokens: 100_000,
  usdPerMTokIn: usdPerMTok,
  usdPerMTokOut: usdPerMTok,
});

/** The whole core with one provider on the real wire and one scripted model of this machine. */
export async function diagnosisKit(
  script: AnswerScript | ((number: number) => AnswerScript) = hello,
  local: readonly Step[] = [{ say: 'from here' }],
  engine: ScriptedEngineOptions = {},
) {
  let answer = script;
  const far = await startProvider('openai', (_, number) => (typeof answer === 'function' ? answer(number) : answer));
  onTestFinished(() => far.close().catch(() => undefined));
  const made = await makeCore(local, { engine });
  const { core } = made;
  const provider = farProvider(far.url, [model('big', 100), model('dear', 2000)]);
  core.settings.save({ ...core.settings.config(), policy: 'best-quality', providers: [provider] });
  const ask = async (more: Partial<CompleteRequest> = {}, text = `Tell me ${Math.random()}`): Promise<string> => {
    const { traceId, events } = core.complete.start(
      {
        messages: [{ role: 'user', text }],
        route: 'far/big',
        sampling: {},
        stop: [],
        source: 'api',
        cache: false,
        ...more,
      },
      new AbortController().signal,
    );
    for await (const event of events) if (event.kind === 'delta') continue;
    await vi.waitFor(() => expect(core.traces.get(traceId)).not.toBeNull(), { timeout: 5000, interval: 10 });
    return traceId;
  };
  const usual = async (count = 6, more: Partial<CompleteRequest> = {}): Promise<void> => {
    for (let i = 0; i < count; i++) await ask(more);
  };
  const why = (traceId: string): Diagnosis => {
    const found = core.traces.neighbourhood(traceId);
    if (!found) throw new Error('The trace is not there.');
    return diagnose(found.trace, found.neighbours);
  };
  return { ...made, made, far, ask, usual, why, say: (next: typeof script) => void (answer = next) };
}
export type DiagnosisKit = Awaited<ReturnType<typeof diagnosisKit>>;
