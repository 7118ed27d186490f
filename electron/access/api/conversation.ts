import { MAX_MESSAGE_CHARS, ROUTE_AUTO, ROUTE_LOCAL } from '../../contract/names.ts';
import type { CompleteRequest } from '../../orchestration/complete/complete.ts';
import { ApiRefusal, badRequest } from './errors.ts';

type Message = CompleteRequest['messages'][number];
export type Image = NonNullable<Message['images']>[number];
export type Call = NonNullable<Message['toolCalls']>[number];

const IMAGE_TYPES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
/** What many programs call a JPEG, after the end of its file's name. */
const JPG = 'image/jpg';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/u;

/** An image as its bytes in base64. Nothing is ever fetched for a request. */
export function imageOf(mediaType: string, base64: string, at: string): Image {
  const given = mediaType.toLowerCase();
  const type = given === JPG ? 'image/jpeg' : given;
  if (!IMAGE_TYPES.has(type)) {
    throw badRequest('Images can be PNG, JPEG, GIF or WebP.', at, 'unsupported_image');
  }
  if (base64.length % 4 !== 0 || !BASE64.test(base64)) {
    throw badRequest('The image is not valid base64: send its bytes encoded so.', at, 'invalid_image');
  }
  return { mediaType: type, data: base64 };
}

/** An image of a `data:` URL (RFC 2397). Other addresses are refused. */
export function imageOfUrl(url: string, at: string): Image {
  const comma = url.indexOf(',');
  const head =
    comma < 0 ? null : /^data:([a-z]+\/[a-z0-9.+-]+)(?:;[^;,]*)*;base64$/iu.exec(url.slice(0, Math.min(comma, 200)));
  if (!head?.[1]) {
    throw badRequest(
      'Switchyard fetches nothing from an address: send the image itself as a data: URL with base64.',
      at,
      'image_url_not_allowed',
    );
  }
  return imageOf(head[1], url.slice(comma + 1), at);
}

/** One piece of a conversation, as either dialect gives it. `at` = where it stands in the request. */
export interface Said {
  readonly at: string;
  readonly role: Message['role'];
  readonly text: string;
  readonly images?: readonly Image[];
  readonly toolCalls?: readonly Call[];
  readonly toolCallId?: string;
}

interface Draft {
  role: Message['role'];
  text: string;
  images: Image[];
  toolCalls: Call[];
  toolCallId: string | null;
}

const joined = (a: string, b: string): string => (a === '' ? b : b === '' ? a : `${a}\n\n${b}`);

/** An instruction that comes last with nobody asking is what is asked: most models answer nothing but a user. */
function withQuestion(said: readonly Said[]): readonly Said[] {
  const last = said.at(-1);
  if (last?.role !== 'system' || last.text.trim() === '') return said;
  const before = said.findLast(({ role }) => role !== 'system')?.role;
  return before === 'user' || before === 'tool' ? said : [...said.slice(0, -1), { ...last, role: 'user' }];
}

/** Says nothing at all, as a message of which only thoughts are left: several providers refuse a whole request for one. */
const isNothing = ({ role, text, images = [], toolCalls = [] }: Said): boolean =>
  role !== 'tool' && text.trim() === '' && images.length === 0 && toolCalls.length === 0;

const idsOf = (open: ReadonlySet<string>): string => [...open].slice(0, 3).join(', ');

/** Refuses a conversation that leaves nothing to answer. */
function checkEnd(last: Draft | undefined): void {
  if (last?.role !== 'user' && last?.role !== 'tool') {
    throw badRequest(
      'The last message must be one of the user, or the result of a tool: put what is asked at the end.',
      'messages',
    );
  }
  if (last.role === 'user' && last.text.trim() === '' && last.images.length === 0) {
    throw badRequest('The last message is empty: write something to answer.', 'messages');
  }
}

/**
 * System text goes to the front as one message; neighbours of one role become one, as chat templates expect. Every tool
 * call must be followed by its result: no provider takes less. `asks` = it must end with something to answer.
 */
export function conversationOf(said: readonly Said[], asks = true): CompleteRequest['messages'] {
  const system: string[] = [];
  const talk: Draft[] = [];
  let open = new Set<string>();
  const pieces = withQuestion(said);
  for (const piece of pieces) {
    if (piece.text.length > MAX_MESSAGE_CHARS) {
      throw badRequest(`A message is longer than ${MAX_MESSAGE_CHARS} characters: send less text.`, piece.at);
    }
    if (piece.role === 'system') {
      if (piece.text.trim() !== '') system.push(piece.text);
      continue;
    }
    if (isNothing(piece) && piece !== pieces.at(-1)) continue;
    if (piece.role === 'tool') {
      if (!open.delete(piece.toolCallId ?? '')) {
        throw badRequest(
          'A tool result must follow the call it names, once: send the message with that call right before it.',
          piece.at,
          'invalid_tool_result',
        );
      }
    } else if (open.size > 0) {
      throw badRequest(
        `The tool call ${idsOf(open)} has no result: send one before the conversation goes on.`,
        piece.at,
        'missing_tool_result',
      );
    }
    const last = talk.at(-1);
    const calls = piece.toolCalls ?? [];
    if (calls.length > 0) {
      open = new Set(calls.map(({ id }) => id));
      if (open.size < calls.length) throw badRequest('Two tool calls of one message have the same id.', piece.at);
    }
    if (last?.role === piece.role && piece.role !== 'tool') {
      last.text = joined(last.text, piece.text);
      last.images.push(...(piece.images ?? []));
      last.toolCalls.push(...calls);
    } else {
      talk.push({
        role: piece.role,
        text: piece.text,
        images: [...(piece.images ?? [])],
        toolCalls: [...calls],
        toolCallId: piece.toolCallId ?? null,
      });
    }
  }
  if (open.size > 0 && asks) {
    throw badRequest(
      `The tool call ${idsOf(open)} has no result yet: send it in the last messages.`,
      'messages',
      'missing_tool_result',
    );
  }
  if (asks) checkEnd(talk.at(-1));
  const messages = talk.map(({ role, text, images, toolCalls, toolCallId }): Message => ({
    role,
    text,
    ...(images.length === 0 ? {} : { images }),
    ...(toolCalls.length === 0 ? {} : { toolCalls }),
    ...(toolCallId === null ? {} : { toolCallId }),
  }));
  return system.length === 0 ? messages : [{ role: 'system', text: system.join('\n\n') }, ...messages];
}

/** Which way a model name leads. */
export function routeOf(model: string, known: ReadonlySet<string>): string {
  if (model === 'switchyard/auto') return ROUTE_AUTO;
  if (model === 'switchyard/local') return ROUTE_LOCAL;
  if (known.has(model)) return model;
  throw new ApiRefusal({
    status: 404,
    message: `There is no model "${model.slice(0, 200)}" here: GET /v1/models lists those there are, or ask for switchyard/auto.`,
    code: 'model_not_found',
    param: 'model',
  });
}
