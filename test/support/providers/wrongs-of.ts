import type { Wire } from './script.ts';

type Part = Record<string, unknown>;
interface Said {
  readonly role: string;
  readonly parts: readonly Part[];
}

const list = (value: unknown): readonly Part[] => (Array.isArray(value) ? (value as Part[]) : []);
const textParts = (content: unknown): readonly Part[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : list(content);

function saidOf(wire: Wire, body: unknown): readonly Said[] {
  const of = Object(body) as Record<string, unknown>;
  if (wire === 'google')
    return list(of['contents']).map((turn) => ({ role: String(turn['role']), parts: list(turn['parts']) }));
  return list(of['messages']).map((turn) => ({ role: String(turn['role']), parts: textParts(turn['content']) }));
}

const idsOf = (parts: readonly Part[], type: string, name: string): string[] =>
  parts.filter((part) => part['type'] === type).map((part) => String(part[name]));

function anthropicWrongs(said: readonly Said[]): string[] {
  const wrong: string[] = [];
  if (said[0]?.role !== 'user') wrong.push('first is not user');
  said.forEach(({ role, parts }, at) => {
    const before = said[at - 1];
    if (before?.role === role) wrong.push(`${role} twice at ${String(at)}`);
    if (parts.length === 0) wrong.push(`empty ${role} at ${String(at)}`);
    for (const part of parts)
      if (part['type'] === 'text' && String(part['text']).trim() === '') wrong.push(`blank text at ${String(at)}`);
    const asked = before ? idsOf(before.parts, 'tool_use', 'id') : [];
    const given = idsOf(parts, 'tool_result', 'tool_use_id');
    if (asked.toSorted().join() !== given.toSorted().join())
      wrong.push(`calls ${asked.join()} got ${given.join()} at ${String(at)}`);
  });
  const last = said.at(-1);
  if (last && idsOf(last.parts, 'tool_use', 'id').length > 0) wrong.push('calls at the end');
  return wrong;
}

function googleWrongs(said: readonly Said[]): string[] {
  const wrong: string[] = [];
  if (said[0]?.role !== 'user') wrong.push('first is not user');
  said.forEach(({ role, parts }, at) => {
    const before = said[at - 1];
    if (before?.role === role) wrong.push(`${role} twice at ${String(at)}`);
    if (parts.length === 0) wrong.push(`empty ${role} at ${String(at)}`);
    for (const part of parts) if (part['text'] === '') wrong.push(`blank text at ${String(at)}`);
    const asked = before ? before.parts.filter((part) => part['functionCall'] !== undefined).length : 0;
    const given = parts.filter((part) => part['functionResponse'] !== undefined).length;
    if (asked !== given) wrong.push(`${String(asked)} calls got ${String(given)} at ${String(at)}`);
  });
  return wrong;
}

function openAiWrongs(body: unknown): string[] {
  const wrong: string[] = [];
  const messages = list((Object(body) as Record<string, unknown>)['messages']);
  let open = new Set<string>();
  messages.forEach((message, at) => {
    if (message['role'] === 'tool') {
      if (!open.delete(String(message['tool_call_id']))) wrong.push(`orphan result at ${String(at)}`);
      return;
    }
    if (open.size > 0) wrong.push(`unanswered calls before ${String(at)}`);
    const calls = list(message['tool_calls']);
    open = new Set(calls.map((call) => String(call['id'])));
    const { content } = message as { content?: unknown };
    const blank = textParts(content).every((part) => part['type'] === 'text' && String(part['text']).trim() === '');
    if (blank && calls.length === 0) wrong.push(`empty ${String(message['role'])} at ${String(at)}`);
  });
  if (open.size > 0) wrong.push('calls at the end');
  return wrong;
}

/** What a strict server of this wire would refuse in a conversation: roles that do not alternate, calls and results apart, empty turns. */
export function wrongsOf(wire: Wire, body: unknown): string[] {
  if (wire === 'openai') return openAiWrongs(body);
  const said = saidOf(wire, body);
  return wire === 'anthropic' ? anthropicWrongs(said) : googleWrongs(said);
}
