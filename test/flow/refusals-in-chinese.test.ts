import { expect, it } from 'vitest';
import { answerCall } from '../../electron/access/port.ts';
import type { CallInput, CallName } from '../../electron/contract/calls.ts';
import { FaultError } from '../../electron/contract/faults.ts';
import { inWordsOf } from '../../renderer/common/core-words/recognise.ts';
import { coreWordsZh } from '../../renderer/common/core-words/zh.ts';
import { makeCore, mintId } from '../support/scripted-core.ts';

it('what the core refuses is said whole in a Chinese window: chats, prompts, traces, providers, files, tokens', async () => {
  const { core } = await makeCore([{ say: 'hi' }]);
  const nobody = mintId();
  const refusal = async <N extends CallName>(name: N, input: CallInput<N>): Promise<string> => {
    try {
      await answerCall(core.handlers, name, input);
    } catch (error) {
      if (error instanceof FaultError) return error.fault.detail;
      throw error;
    }
    throw new Error(`${name} was not refused.`);
  };
  core.api.tokens.create({ name: 'ci', requestsPerMinute: null, concurrency: null, usdPerDay: null });
  const refused = [
    await refusal('chat.update', { conversationId: nobody, title: 'x' }),
    await refusal('prompt.create', { name: 'A', text: '  ', note: '' }),
    await refusal('prompt.create', { name: ' \n ', text: 'Be brief.', note: '' }),
    await refusal('feedback.give', { messageId: nobody, rating: 'up', reason: null, note: '' }),
    await refusal('trace.get', { traceId: nobody }),
    await refusal('replay.plan', { traceId: nobody }),
    await refusal('provider.test', { providerId: 'nobody' }),
    await refusal('data.export', { path: 'here.json' }),
    await refusal('data.import', { path: '/nowhere/at/all.json' }),
    await refusal('api.createToken', { name: 'ci', requestsPerMinute: null, concurrency: null, usdPerDay: null }),
    await refusal('api.revokeToken', { name: 'other' }),
    await refusal('policy.use', { name: 'no-such' }),
  ];
  for (const words of refused) {
    const said = inWordsOf(coreWordsZh, words);
    expect(said, words).toMatch(/\p{Script=Han}/u);
    // Names, paths and the system's own words in brackets stay; no English sentence is left beside them.
    expect(said.replaceAll(/（[^）]*）/gu, ''), words).not.toMatch(/(?:\p{Script=Latin}{2,} ){3}/u);
  }
});
