import { describe, expect, it } from 'vitest';
import type { LogFields } from '../base/log.ts';
import type { ToWindow } from '../contract/wire.ts';
import { createAnnounce } from '../orchestration/announce.ts';
import { attachPort } from './port.ts';
import type { PortEnd } from './port.ts';
import type { Handlers, StreamSources } from './services.ts';

const ID = '01890000-0000-7000-8000-000000000001';

function makePort(handlers: Partial<Handlers>, live?: StreamSources['turn.live']) {
  const said: ToWindow[] = [];
  const logged: { event: string; fields: LogFields }[] = [];
  let hear: (data: unknown) => void = () => undefined;
  let closed = false;
  let posts = 0;
  const port: PortEnd = {
    postMessage: (messages) => {
      posts++;
      structuredClone(messages);
      said.push(...messages);
    },
    onMessage: (listener) => (hear = listener),
    close: () => (closed = true),
  };
  const announce = createAnnounce(() => undefined);
  let listening = 0;
  const counted: typeof announce = {
    ...announce,
    on(listener) {
      listening++;
      const end = announce.on(listener);
      return () => {
        listening--;
        end();
      };
    },
  };
  const attached = attachPort(
    {
      handlers: handlers as Handlers,
      streams: { 'turn.live': live ?? (() => () => undefined) },
      announce: counted,
      log: { write: (_level, event, fields = {}) => logged.push({ event, fields }) },
    },
    port,
  );
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    said,
    logged,
    announce,
    attached,
    isClosed: () => closed,
    posts: () => posts,
    listening: () => listening,
    settle,
    async hear(data: unknown) {
      hear(data);
      await settle();
      await settle();
    },
  };
}

describe('the port of a window', () => {
  it('answers a call', async () => {
    const port = makePort({ 'draft.get': () => ({ text: 'kept' }) });
    await port.hear({ t: 'call', id: 1, name: 'draft.get', input: { conversationId: null } });
    expect(port.said).toEqual([{ t: 'ok', id: 1, output: { text: 'kept' } }]);
  });

  it('sends what is on its way when it is closed, and nothing after', async () => {
    const port = makePort({});
    port.announce.topics(['traces']);
    await port.settle();
    const before = port.posts();
    port.announce.signal('notice', { level: 'info', text: 'The last word.' });
    port.attached.dispose();
    port.announce.signal('notice', { level: 'info', text: 'Too late.' });
    await port.settle();
    expect(port.listening()).toBe(0);
    expect(port.posts()).toBe(before + 1);
    expect(port.said.at(-1)).toMatchObject({ t: 'signal', payload: { text: 'The last word.' } });
  });

  it('refuses a name it does not know', async () => {
    const port = makePort({});
    await port.hear({ t: 'call', id: 1, name: 'toString', input: {} });
    expect(port.said).toMatchObject([{ t: 'fail', id: 1, fault: { code: 'invalid_request' } }]);
  });

  it('refuses input that does not fit, in one sentence that says where', async () => {
    const port = makePort({});
    await port.hear({ t: 'call', id: 1, name: 'chat.get', input: { conversationId: 'x', more: 1 } });
    const [answer] = port.said;
    expect(answer?.t === 'fail' && answer.fault.detail).toMatch(/chat\.get was asked with wrong input/);
  });

  it('survives a message that follows no contract at all', async () => {
    const port = makePort({});
    await port.hear('junk');
    await port.hear({ t: 'call', id: 7 });
    expect(port.said).toMatchObject([{ t: 'fail', id: 7 }]);
  });

  it('turns a mistake into internal and logs it once', async () => {
    const port = makePort({
      'chat.list': () => {
        throw new TypeError('secret detail');
      },
    });
    await port.hear({ t: 'call', id: 1, name: 'chat.list', input: {} });
    expect(port.said).toMatchObject([{ t: 'fail', fault: { code: 'internal' } }]);
    expect(JSON.stringify(port.said)).not.toContain('secret');
    expect(port.logged).toHaveLength(1);
  });

  it('follows a stream to its end', async () => {
    const port = makePort({}, (_input, listener) => {
      listener({ kind: 'delta', seq: 1, text: 'a' });
      return () => undefined;
    });
    await port.hear({ t: 'open', id: 3, name: 'turn.live', input: { turnId: ID, afterSeq: 0 } });
    expect(port.said).toEqual([{ t: 'item', id: 3, item: { kind: 'delta', seq: 1, text: 'a' } }]);
  });

  it('stops listening when a stream or the whole port is closed', async () => {
    let open = 0;
    const port = makePort({}, () => {
      open++;
      return () => open--;
    });
    const input = { turnId: ID, afterSeq: 0 };
    await port.hear({ t: 'open', id: 1, name: 'turn.live', input });
    await port.hear({ t: 'open', id: 2, name: 'turn.live', input });
    await port.hear({ t: 'close', id: 1 });
    expect(open).toBe(1);
    port.attached.dispose();
    expect(open).toBe(0);
    expect(port.isClosed()).toBe(true);
  });

  it('refuses more streams than a page can need', async () => {
    const port = makePort({});
    for (let id = 1; id <= 65; id++)
      await port.hear({ t: 'open', id, name: 'turn.live', input: { turnId: ID, afterSeq: 0 } });
    expect(port.said).toMatchObject([{ t: 'fail', id: 65, fault: { code: 'rate_limit' } }]);
  });

  it('passes signals on until it closes', () => {
    const port = makePort({});
    port.announce.topics(['chats']);
    port.attached.dispose();
    port.announce.topics(['traces']);
    expect(port.said).toEqual([{ t: 'signal', name: 'topics', payload: { topics: ['chats'] } }]);
  });

  it('tells the window together what happens in one go, when that is over', async () => {
    const order: string[] = [];
    const port = makePort({
      'draft.get': () => {
        port.announce.topics(['chats']);
        void Promise.resolve().then(() => Promise.resolve().then(() => order.push(`asked, ${port.posts()} told`)));
        return { text: 'kept' };
      },
    });
    await port.hear({ t: 'call', id: 1, name: 'draft.get', input: { conversationId: null } });
    expect(order).toEqual(['asked, 0 told']);
    expect(port.posts()).toBe(1);
    expect(port.said.map(({ t }) => t)).toEqual(['signal', 'ok']);
  });

  it('loses only the message that cannot be sent', async () => {
    const port = makePort({ 'draft.get': () => ({ text: (() => undefined) as never }) });
    port.announce.topics(['chats']);
    await port.hear({ t: 'call', id: 1, name: 'draft.get', input: { conversationId: null } });
    port.announce.topics(['traces']);
    await port.settle();
    expect(port.said.map(({ t }) => t)).toEqual(['signal', 'signal']);
    expect(port.logged).toMatchObject([{ event: 'access.post_failed', fields: { kind: 'ok' } }]);
  });
});
