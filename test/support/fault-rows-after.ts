import { BEGUN } from './fault-rows.ts';
import type { Row } from './fault-rows.ts';

const WRONG_SCRIPT = '今天天气很好，我们去公园散步，看到了很多花和鸟，然后回家吃饭。'.repeat(40);

/** Nobody could put it right. */
const BROKEN_FORM = '{"hello" hello: [}';

/** Faults after the first token. Held back (not streamed) they are met like those before it. */
export const AFTER: readonly Row[] = [
  {
    name: 'an overload in the stream',
    code: 'overloaded',
    origin: 'infrastructure',
    calls: 3,
    answer: (wire) => ({
      steps: [
        ...BEGUN,
        {
          error: {
            type: wire === 'google' ? 'UNAVAILABLE' : 'overloaded_error',
            code: wire === 'google' ? 503 : 'server_overloaded',
            message: 'Overloaded',
          },
        },
      ],
      finish: null,
    }),
  },
  {
    name: 'a reset',
    code: 'network',
    origin: 'infrastructure',
    calls: 2,
    answer: () => ({ steps: [...BEGUN, { pauseMs: 20 }, { cut: 'reset' }], finish: null }),
  },
  {
    name: 'silence',
    limits: { idleMs: 100 },
    code: 'timeout',
    origin: 'infrastructure',
    calls: 2,
    answer: () => ({ steps: [...BEGUN, { stall: true }], finish: null }),
  },
  {
    name: 'an end without an end',
    code: 'truncated',
    origin: 'infrastructure',
    calls: 2,
    answer: () => ({ steps: [...BEGUN], finish: null }),
  },
  {
    name: 'words where a form was asked for',
    code: 'malformed_output',
    origin: 'model',
    calls: 2,
    json: true,
    unseen: true,
    answer: () => ({ steps: [...BEGUN] }),
  },
  {
    name: 'a broken form',
    code: 'malformed_output',
    origin: 'model',
    calls: 2,
    json: true,
    said: BROKEN_FORM,
    answer: () => ({ steps: [{ text: BROKEN_FORM.slice(0, 9) }, { text: BROKEN_FORM.slice(9) }] }),
  },
  {
    name: 'a loop',
    code: 'degenerate_output',
    origin: 'model',
    calls: 2,
    said: 'I am sorry. '.repeat(400),
    answer: () => ({ steps: Array.from({ length: 400 }, () => ({ text: 'I am sorry. ' })) }),
  },
  {
    name: 'a script nobody asked for, without an end',
    code: 'degenerate_output',
    origin: 'model',
    calls: 2,
    said: WRONG_SCRIPT,
    answer: () => ({ steps: [...(WRONG_SCRIPT.match(/.{1,40}/gu) ?? [])].map((text) => ({ text })) }),
  },
  {
    name: 'a short answer in a script nobody asked for',
    code: 'degenerate_output',
    origin: 'model',
    calls: 2,
    said: WRONG_SCRIPT.slice(0, 90),
    answer: () => ({ steps: [{ text: WRONG_SCRIPT.slice(0, 90) }] }),
  },
  {
    name: 'broken bytes for text',
    code: 'degenerate_output',
    origin: 'model',
    calls: 2,
    said: `Sure: ${'\ufffd'.repeat(60)}`,
    answer: () => ({ steps: [{ text: 'Sure: ' }, { text: '\ufffd'.repeat(60) }] }),
  },
  {
    name: 'a call of a tool that is cut',
    code: 'malformed_output',
    origin: 'model',
    calls: 2,
    tools: true,
    answer: () => ({
      steps: [...BEGUN, { tool: { index: 0, id: 'call_1', name: 'weather', argumentsText: '{"city":' } }],
      finish: 'tool_calls',
    }),
  },
  {
    name: 'a frame that is no JSON',
    code: 'server_error',
    origin: 'infrastructure',
    calls: 3,
    answer: () => ({ steps: [...BEGUN, { raw: 'data: {"oops\n\n' }], finish: null }),
  },
  {
    name: 'an end of the connection in a frame',
    code: 'network',
    origin: 'infrastructure',
    calls: 2,
    answer: () => ({ steps: [...BEGUN, { pauseMs: 5 }, { raw: 'data: {"oo' }, { cut: 'end' }], finish: null }),
  },
];
