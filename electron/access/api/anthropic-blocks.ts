import { z } from 'zod';
import { imageOf } from './conversation.ts';
import type { Call, Image, Said } from './conversation.ts';
import { badRequest } from './errors.ts';

const image = z.looseObject({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('base64'), media_type: z.string().max(100), data: z.string() }),
    z.looseObject({ type: z.literal('url') }),
    z.looseObject({ type: z.literal('file') }),
  ]),
});
const text = z.looseObject({ type: z.literal('text'), text: z.string() });

const block = z.discriminatedUnion('type', [
  text,
  image,
  z.looseObject({
    type: z.literal('tool_use'),
    id: z.string().min(1).max(500),
    name: z.string().min(1).max(256),
    input: z.unknown(),
  }),
  z.looseObject({
    type: z.literal('tool_result'),
    tool_use_id: z.string().min(1).max(500),
    content: z.union([z.string(), z.array(z.unknown())]).nullish(),
    is_error: z.boolean().nullish(),
  }),
  // What a model thought before is not said to the next one: models do not share it.
  z.looseObject({ type: z.literal('thinking') }),
  z.looseObject({ type: z.literal('redacted_thinking') }),
]);

const imageFrom = ({ source }: z.infer<typeof image>, at: string): Image => {
  if (source.type !== 'base64') {
    throw badRequest(
      'Switchyard fetches nothing from an address: send the image itself as base64.',
      at,
      'image_url_not_allowed',
    );
  }
  return imageOf(source.media_type, source.data, at);
};

function read(raw: unknown, at: string): z.infer<typeof block> {
  const parsed = block.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw badRequest(
    'A block is not as expected: those of text, images, tool_use, tool_result and thinking can be read.',
    at,
    'unsupported_content',
  );
}

/** The system prompt, a string or text blocks. */
export function systemOf(value: string | readonly unknown[] | undefined): Said[] {
  if (value === undefined) return [];
  if (typeof value === 'string') return [{ at: 'system', role: 'system', text: value }];
  const texts = value.map((raw, index) => {
    const parsed = text.safeParse(raw);
    if (!parsed.success) throw badRequest('The system prompt holds text only.', `system.${index}`);
    return parsed.data.text;
  });
  return [{ at: 'system', role: 'system', text: texts.join('\n\n') }];
}

function resultOf(
  content: string | readonly unknown[] | null | undefined,
  at: string,
): { text: string; images: Image[] } {
  if (typeof content === 'string') return { text: content, images: [] };
  const texts: string[] = [];
  const images: Image[] = [];
  for (const [index, raw] of (content ?? []).entries()) {
    const inner = read(raw, `${at}.${index}`);
    if (inner.type === 'text') texts.push(inner.text);
    else if (inner.type === 'image') images.push(imageFrom(inner, `${at}.${index}`));
    else throw badRequest('The result of a tool holds text and images only.', `${at}.${index}`);
  }
  return { text: texts.join('\n'), images };
}

/** What one message says: results of tools first, each a piece of its own, then everything else of it. */
export function blocksOf(
  role: 'user' | 'assistant' | 'system',
  content: string | readonly unknown[],
  at: string,
): Said[] {
  if (typeof content === 'string') return [{ at, role, text: content }];
  const results: Said[] = [];
  const texts: string[] = [];
  const images: Image[] = [];
  const toolCalls: Call[] = [];
  for (const [index, raw] of content.entries()) {
    const place = `${at}.${index}`;
    const item = read(raw, place);
    switch (item.type) {
      case 'text':
        texts.push(item.text);
        break;
      case 'image':
        if (role !== 'user') throw badRequest('Only messages of the user can hold images.', place);
        images.push(imageFrom(item, place));
        break;
      case 'tool_use':
        if (role !== 'assistant') throw badRequest('Only messages of the assistant can call tools.', place);
        toolCalls.push({ id: item.id, name: item.name, argumentsText: JSON.stringify(item.input ?? {}) });
        break;
      case 'tool_result': {
        if (role !== 'user') throw badRequest('Results of tools come in messages of the user.', place);
        const result = resultOf(item.content, place);
        // No provider but Anthropic has a flag for it, so the words carry it.
        const text = item.is_error === true && !/^error/iu.test(result.text) ? `Error: ${result.text}` : result.text;
        results.push({ at: place, role: 'tool', text, toolCallId: item.tool_use_id });
        images.push(...result.images);
        break;
      }
      case 'thinking':
      case 'redacted_thinking':
        break;
    }
  }
  const own: Said = { at, role, text: texts.join(''), images, toolCalls };
  const saysMore = own.text !== '' || images.length > 0 || toolCalls.length > 0;
  return results.length > 0 && !saysMore ? results : [...results, own];
}
