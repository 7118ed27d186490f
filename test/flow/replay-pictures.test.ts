import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { answerCall } from '../../electron/access/port.ts';
import { FaultError } from '../../electron/contract/faults.ts';
import type { ModelImage } from '../../electron/model/model.ts';
import { farProvider } from '../support/providers/far-provider.ts';
import { startProvider } from '../support/providers/start-provider.ts';
import { makeCore, mintId } from '../support/scripted-core.ts';

const model = (id: string, vision: boolean) => ({
  id,
  enabled: true,
  quality: 0.9,
  contextTokens: 100_000,
  usdPerMTokIn: 1,
  usdPerMTokOut: 1,
  capabilities: { vision },
});
/** Looks like a key by chance, as base64 may. */
const PICTURE: ModelImage = { mediaType: 'image/png', data: `iVBORw0KGgoAAAA${'AIzaSyB'.padEnd(39, 'x')}AA==` };

/** A request with a picture, answered by a model that can see. */
async function setUp(traceText: 'whole' | 'preview' = 'whole') {
  const far = await startProvider('openai', {});
  onTestFinished(() => far.close());
  const { core } = await makeCore();
  const config = core.settings.config();
  const providers = [farProvider(far.url, [model('sees', true), model('other', true), model('blind', false)])];
  core.settings.save({ ...config, policy: 'best-quality', providers, data: { ...config.data, traceText } });
  const { traceId, events } = core.complete.start(
    {
      messages: [
        { role: 'system', text: 'Be brief.' },
        { role: 'user', text: 'What is this?', images: [PICTURE] },
      ],
      route: 'far/sees',
      sampling: {},
      stop: [],
      source: 'api',
      cache: false,
    },
    new AbortController().signal,
  );
  for await (const event of events) if (event.kind === 'fault') throw new FaultError(event.fault);
  await vi.waitFor(() => expect(core.traces.get(traceId)).not.toBeNull(), { timeout: 5000, interval: 10 });
  const replay = (route: string) => answerCall(core.handlers, 'replay.run', { replayId: mintId(), traceId, route });
  const refusal = (route: string) =>
    replay(route).then(
      () => 'it was not refused',
      (error: unknown) => (error instanceof FaultError ? error.fault.detail : String(error)),
    );
  return { core, far, traceId, replay, refusal };
}

describe('a replay of a request with pictures', () => {
  it('sends them as they were to another model that can see', async () => {
    const { far, replay } = await setUp();
    const [first] = far.requests;
    await replay('far/other');
    expect(far.requests).toHaveLength(2);
    expect(JSON.stringify(far.requests[1]?.body)).toContain(PICTURE.data);
    expect(Reflect.get(Object(far.requests[1]?.body), 'messages')).toEqual(
      Reflect.get(Object(first?.body), 'messages'),
    );
  });

  it('is refused before anything is sent when a model was chosen that cannot see', async () => {
    const { far, refusal } = await setUp();
    expect(await refusal('far/blind')).toMatch(/blind cannot see pictures.*choose a model that can/u);
    expect(far.requests).toHaveLength(1);
  });

  it('is refused before anything is sent where the pictures were not kept', async () => {
    const { far, refusal } = await setUp('preview');
    expect(await refusal('far/other')).toMatch(/not kept: let traces keep whole requests/u);
    expect(far.requests).toHaveLength(1);
  });

  it('never carries the pictures in the trace itself, and loses them with it', async () => {
    const { core, traceId } = await setUp();
    const { traces } = core.store;
    expect(JSON.stringify(traces.get(traceId))).not.toContain(PICTURE.data);
    expect(traces.get(traceId)?.content?.messages[1]).toMatchObject({ images: 1 });
    expect(traces.pictures(traceId)).toEqual([{ message: 1, ...PICTURE }]);
    traces.removeOldest({ before: Number.MAX_SAFE_INTEGER / 2048, mostBytes: null }, 32);
    expect(traces.pictures(traceId)).toEqual([]);
  });
});
