import { LlamaGrammarEvaluationState } from 'node-llama-cpp';
import type { Llama, LlamaGrammar, LlamaModel } from 'node-llama-cpp';
import type { ReplyFormat } from './protocol.ts';
import { readableSchema } from './readable-schema.ts';
import { toolGrammar } from './tool-grammar.ts';

/** Where a grammar stands in one reply; the sampler moves it. */
export type GrammarState = object;

const MOST_GRAMMARS = 32;
/** Any JSON object. */
const ANY = { type: 'object', additionalProperties: true } as const;

/** Grammars from JSON schemas: only tokens that keep the text valid can be chosen. Each is compiled once. */
export function createGrammars(llama: Llama) {
  const known = new Map<string, LlamaGrammar>();

  /** Schemas come from outside: what the library cannot read it says at run time, whatever the type claims. */
  const grammarOf = (schema: object): Promise<LlamaGrammar> =>
    once(schema, () => llama.createGrammarForJsonSchema(schema as { readonly type: 'object' }));

  async function once(of: object, make: () => Promise<LlamaGrammar>): Promise<LlamaGrammar> {
    const key = JSON.stringify(of);
    const found = known.get(key);
    known.delete(key);
    const grammar = found ?? (await make());
    known.set(key, grammar);
    const oldest = known.size > MOST_GRAMMARS ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    return grammar;
  }

  return {
    /** The start of a reply of this form. A schema no grammar can be made of is held to be any JSON; the router checks it. */
    async begin(model: LlamaModel, format: ReplyFormat): Promise<GrammarState> {
      const wanted = format.type === 'json_schema' ? (readableSchema(format.schema) as object) : ANY;
      const grammar = await (format.type === 'tools'
        ? once(format, () => toolGrammar(llama, format))
        : grammarOf(wanted).catch(() => grammarOf(ANY)));
      const state: unknown = Reflect.get(new LlamaGrammarEvaluationState({ model, grammar }), '_state');
      if (typeof state !== 'object' || state === null) throw new Error('The grammar could not be begun.');
      return state;
    },
  };
}
export type Grammars = ReturnType<typeof createGrammars>;
