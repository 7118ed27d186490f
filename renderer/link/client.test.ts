import { describe, expect, it, onTestFinished } from 'vitest';
import { createLinkClient } from './client.ts';
import { faultOf, LinkError, sayFaultsIn } from './fault.ts';
import { createFakeCore } from './testing/fake-core.ts';

const TRACE = '01890000-0000-7000-8000-000000000001';

describe('the link to the core', () => {
  it('holds calls made before the port came and sends them then', async () => {
    const client = createLinkClient();
    const answer = client.call('draft.get', { conversationId: null });
    expect(client.status()).toBe('connecting');
    client.connect(createFakeCore({ 'draft.get': () => ({ text: 'kept' }) }).port);
    expect(await answer).toEqual({ text: 'kept' });
    expect(client.status()).toBe('connected');
  });

  it('rejects with the fault of the core', async () => {
    const client = createLinkClient();
    client.connect(
      createFakeCore({
        'trace.get': () => {
          throw new LinkError({ code: 'not_found', origin: 'user', recoverable: false, detail: 'No such trace.' });
        },
      }).port,
    );
    await expect(client.call('trace.get', { traceId: TRACE })).rejects.toMatchObject({
      message: 'No such trace.',
      fault: { code: 'not_found' },
    });
  });

  it('rejects with the sentence in the language of the window once it knows how to say it', async () => {
    sayFaultsIn((text) => `【${text}】`);
    onTestFinished(() => {
      sayFaultsIn((text) => text);
    });
    const client = createLinkClient();
    const core = createFakeCore({});
    client.connect(core.port);
    const error: unknown = await client.call('trace.get', { traceId: TRACE }).catch((reason: unknown) => reason);
    expect(faultOf(error).detail).toBe('【The fake core has no answer to trace.get.】');
    expect(error).toMatchObject({ message: faultOf(error).detail });
    const failed: string[] = [];
    const onFail = ({ detail }: { readonly detail: string }) => failed.push(detail);
    client.openStream('turn.live', { turnId: TRACE, afterSeq: 0 }, { onItem: () => undefined, onFail });
    core.streams[0]?.fail({ code: 'not_found', origin: 'user', recoverable: false, detail: 'It is over.' });
    expect(failed).toEqual(['【It is over.】']);
  });

  it('gives a signal to those who listen and to nobody after', () => {
    const client = createLinkClient();
    const core = createFakeCore({});
    const heard: string[] = [];
    client.connect(core.port);
    const stop = client.onSignal('command', ({ name }) => heard.push(name));
    core.signal('command', { name: 'palette' });
    stop();
    core.signal('command', { name: 'settings' });
    expect(heard).toEqual(['palette']);
  });

  it('closes a stream at the core once, and hears nothing after', () => {
    const client = createLinkClient();
    const core = createFakeCore({});
    client.connect(core.port);
    const heard: unknown[] = [];
    const close = client.openStream(
      'turn.live',
      { turnId: TRACE, afterSeq: 0 },
      { onItem: (item) => heard.push(item) },
    );
    const stream = core.streams[0];
    stream?.item({ kind: 'snapshot', seq: 1, text: 'a' });
    close();
    close();
    stream?.item({ kind: 'snapshot', seq: 2, text: 'ab' });
    expect(stream?.closed).toBe(true);
    expect(heard).toHaveLength(1);
  });

  it('fails what is under way when the core ends, and works again on a new port', async () => {
    const client = createLinkClient();
    const core = createFakeCore({ 'draft.get': () => new Promise(() => undefined) });
    client.connect(core.port);
    const broken: string[] = [];
    client.openStream(
      'turn.live',
      { turnId: TRACE, afterSeq: 0 },
      { onItem: () => undefined, onFail: (fault) => broken.push(fault.code) },
    );
    const pending = client.call('draft.get', { conversationId: null });
    core.die();
    await expect(pending).rejects.toBeInstanceOf(LinkError);
    expect(broken).toEqual(['internal']);
    expect(client.status()).toBe('lost');
    client.connect(createFakeCore({ 'draft.get': () => ({ text: 'again' }) }).port);
    expect(await client.call('draft.get', { conversationId: null })).toEqual({ text: 'again' });
  });
});
