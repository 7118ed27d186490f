/** The peer engine in a process of its own, asked over messages: its native log would drown ours. Argument: its package's entry. */
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { peerAsk } from './messages.ts';
import type { PeerAnswer } from './messages.ts';

interface Completion {
  readonly tokens_predicted: number;
  readonly tokens_evaluated: number;
}
interface Context {
  completion(options: object, onToken: () => void): Promise<Completion>;
  tokenize(text: string): Promise<{ tokens: { length: number } }>;
  readonly parallel: {
    enable(options: object): Promise<boolean>;
    disable(): void;
    completion(options: object, onToken: () => void): Promise<{ promise: Promise<Completion> }>;
  };
  release(): Promise<void>;
}
interface Package {
  loadModel(options: object): Promise<Context>;
}

const loaded: unknown = await import(pathToFileURL(process.argv[2] ?? '').href);
const { loadModel } = z.looseObject({ loadModel: z.custom<Package['loadModel']>() }).parse(loaded);
let context: Context | null = null;

async function answer(message: z.infer<typeof peerAsk>): Promise<PeerAnswer> {
  if (message.t === 'open') {
    const { path, threads, contextTokens, sequences } = message;
    await context?.release();
    context = await loadModel({
      model: path,
      n_ctx: contextTokens * sequences,
      n_parallel: sequences,
      n_threads: threads,
      n_batch: 512,
      n_gpu_layers: 0,
      kv_unified: false,
    });
    return { firstMs: 0, tokens: 0, ms: 0, promptTokens: 0 };
  }
  if (!context) throw new Error('Nothing is open.');
  const options = { n_predict: message.maxTokens, temperature: 0, ignore_eos: true };
  const startedAt = performance.now();
  let firstAt = 0;
  const onToken = (): void => void (firstAt ||= performance.now());
  if (message.prompts.length === 1) {
    const done = await context.completion({ ...options, prompt: message.prompts[0] }, onToken);
    const promptTokens = (await context.tokenize(message.prompts[0] ?? '')).tokens.length;
    const ms = performance.now() - firstAt;
    return { firstMs: firstAt - startedAt, tokens: done.tokens_predicted - 1, ms, promptTokens };
  }
  await context.parallel.enable({ n_parallel: message.prompts.length, n_batch: 512 });
  const { parallel } = context;
  const askedAt = performance.now();
  const all = await Promise.all(
    message.prompts.map(async (prompt) => (await parallel.completion({ ...options, prompt }, onToken)).promise),
  );
  const ms = performance.now() - askedAt;
  parallel.disable();
  const tokens = all.reduce((sum, { tokens_predicted }) => sum + tokens_predicted, 0);
  return { firstMs: firstAt - askedAt, tokens, ms, promptTokens: 0 };
}

process.on('message', (data) => {
  answer(peerAsk.parse(data)).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
