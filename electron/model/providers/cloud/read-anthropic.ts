import type { ModelFinish } from '../../model.ts';
import { field, list, rowOf, textOf } from './json.ts';
import type { Reading } from './reading.ts';
import { usageFrom } from './usage.ts';

const FINISH: Readonly<Record<string, ModelFinish>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'refused',
};

/** Name of the tool through which models without native structured output are made to answer in JSON. */
export const JSON_TOOL = 'json';

/**
 * Reads the events of a streamed message, and whole messages (docs.claude.com/en/api/messages-streaming). What the cache
 * read and wrote is counted beside the other input tokens. `jsonTool` = the answer comes as arguments of that tool.
 */
export function createAnthropicReader(reading: Reading, jsonTool: boolean): (event: unknown) => void {
  interface Block {
    readonly type: string;
    readonly key: string;
    readonly input: unknown;
    /** What was thought, with its signature: it goes back as it came. */
    thinking: string;
    signature: string;
  }
  const blocks = new Map<unknown, Block>();
  const counts: Record<string, unknown> = {};
  let count = 0;

  const readUsage = (usage: unknown) => {
    if (typeof usage !== 'object' || usage === null) return;
    for (const name of ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens', 'output_tokens'])
      counts[name] = field(usage, name) ?? counts[name];
    counts['thinking'] = field(field(usage, 'output_tokens_details'), 'thinking_tokens') ?? counts['thinking'];
    reading.usage = usageFrom({
      uncached: counts['input_tokens'],
      cached: counts['cache_read_input_tokens'],
      cacheWrite: counts['cache_creation_input_tokens'],
      tokensOut: counts['output_tokens'],
      reasoning: counts['thinking'],
    });
  };
  const stopped = (reason: unknown) => {
    const raw = textOf(reason);
    if (raw === null) return;
    reading.finishRaw = raw;
    const finish = rowOf(FINISH, raw) ?? 'stop';
    reading.finish = finish === 'tool_calls' && reading.toolCount() === 0 ? 'stop' : finish;
  };
  const start = (index: unknown, block: unknown) => {
    const type = textOf(field(block, 'type')) ?? '';
    const key = `block ${String(count++)}`;
    const name = field(block, 'name');
    const answer = jsonTool && type === 'tool_use' && name === JSON_TOOL;
    blocks.set(index, {
      type: answer ? 'json' : type,
      key,
      input: field(block, 'input'),
      thinking: textOf(field(block, 'thinking')) ?? '',
      signature: textOf(field(block, 'signature')) ?? '',
    });
    if (type === 'text') reading.text(field(block, 'text'));
    else if (type === 'thinking') reading.reasoning(field(block, 'thinking'));
    else if (type === 'redacted_thinking') reading.detail({ type, data: field(block, 'data') });
    else if (type === 'tool_use' && !answer) reading.tool(key, { id: field(block, 'id'), name });
  };
  const delta = (index: unknown, part: unknown) => {
    const block = blocks.get(index);
    switch (field(part, 'type')) {
      case 'text_delta':
        reading.text(field(part, 'text'));
        return;
      case 'thinking_delta':
        reading.reasoning(field(part, 'thinking'));
        if (block) block.thinking += textOf(field(part, 'thinking')) ?? '';
        return;
      case 'signature_delta':
        if (block) block.signature += textOf(field(part, 'signature')) ?? '';
        return;
      case 'input_json_delta': {
        const argumentsText = field(part, 'partial_json');
        if (block?.type === 'json') reading.text(argumentsText);
        else if (block?.type === 'tool_use') reading.tool(block.key, { argumentsText });
        return;
      }
      default:
    }
  };
  const stop = (index: unknown) => {
    const block = blocks.get(index);
    blocks.delete(index);
    if (!block) return;
    const whole = typeof block.input === 'object' && block.input !== null ? JSON.stringify(block.input) : '{}';
    if (block.type === 'tool_use') {
      // A call without arguments, or one that was sent whole.
      if (reading.toolOf(block.key)?.hasArguments === false) reading.tool(block.key, { argumentsText: whole });
    } else if (block.type === 'thinking') {
      const { thinking, signature } = block;
      if (signature !== '') reading.detail({ type: 'thinking', thinking, signature });
    } else if (block.type === 'json' && whole !== '{}' && !reading.begun()) reading.text(whole);
  };
  const whole = (message: unknown) => {
    for (const [index, block] of list(field(message, 'content')).entries()) {
      start(index, block);
      stop(index);
    }
    reading.stopSequence = textOf(field(message, 'stop_sequence'));
    stopped(field(message, 'stop_reason'));
    readUsage(field(message, 'usage'));
    reading.over = true;
  };

  return (event) => {
    switch (field(event, 'type')) {
      case 'message_start':
        readUsage(field(field(event, 'message'), 'usage'));
        return;
      case 'content_block_start':
        start(field(event, 'index'), field(event, 'content_block'));
        return;
      case 'content_block_delta':
        delta(field(event, 'index'), field(event, 'delta'));
        return;
      case 'content_block_stop':
        stop(field(event, 'index'));
        return;
      case 'message_delta':
        reading.stopSequence = textOf(field(field(event, 'delta'), 'stop_sequence'));
        stopped(field(field(event, 'delta'), 'stop_reason'));
        readUsage(field(event, 'usage'));
        return;
      case 'message_stop':
        reading.over = true;
        return;
      case 'message':
        whole(event);
        return;
      default:
        // Pings and events that are new to us say nothing; an error may come without a type of its own.
        if ((field(event, 'error') ?? null) !== null) reading.problem ??= { phase: 'stream', body: event };
    }
  };
}
