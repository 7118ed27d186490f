import { z } from 'zod';
import { imageOf } from './conversation.ts';
import type { Call, Image, Said } from './conversation.ts';
import { documentBlocks, documentText } from './anthropic-documents.ts';
import { badRequest } from './errors.ts';
import { readFields, typeOf } from './json.ts';

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
  ...documentBlocks,
]);

const READ = 'text, image, document, search_result, tool_use, tool_result or thinking';
const TYPES: ReadonlySet<string> = new Set([...READ.split(/, | or /u), 'redacted_thinking']);

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
  const type = typeOf(raw);
  if (type !== null && TYPES.has(type)) return readFields(block, raw, at);
  throw badRequest(
    `A block ${type === null ? 'without a type' : `of type "${type}"`} cannot be read: send ${READ}.`,
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

/** Reads what the result of a tool or a document holds: gives its text and puts its images with the others. */
function createInside(images: Image[]): (content: string | readonly unknown[], at: string) => string {
  return function textOf(content, at) {
    if (typeof content === 'string') return content;
    const texts = content.flatMap((raw, index) => {
      const place = `${at}.${index}`;
      const inner = read(raw, place);
      if (inner.type === 'text') return [inner.text];
      if (inner.type === 'document' || inner.type === 'search_result') return [documentText(inner, place, textOf)];
      if (inner.type !== 'image') {
        throw badRequest('Only text, images, documents and search results can stand here.', place);
      }
      images.push(imageFrom(inner, place));
      return [];
    });
    return texts.join('\n');
  };
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
  const textOf = createInside(images);
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
      case 'document':
      case 'search_result': {
        if (role !== 'user') throw badRequest('Only messages of the user can hold documents.', place);
        texts.push(documentText(item, place, textOf));
        break;
      }
      case 'tool_use':
        if (role !== 'assistant') throw badRequest('Only messages of the assistant can call tools.', place);
        toolCalls.push({ id: item.id, name: item.name, argumentsText: JSON.stringify(item.input ?? {}) });
        break;
      case 'tool_result': {
        if (role !== 'user') throw badRequest('Results of tools come in messages of the user.', place);
        const result = textOf(item.content ?? [], `${place}.content`);
        // No provider but Anthropic has a flag for it, so the words carry it.
        const said = item.is_error === true && !/^error/iu.test(result) ? `Error: ${result}` : result;
        results.push({ at: place, role: 'tool', text: said, toolCallId: item.tool_use_id });
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
