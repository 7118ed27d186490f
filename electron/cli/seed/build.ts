import type { Conversation } from '../../contract/entities/chat.ts';
import { ROUTE_AUTO } from '../../contract/names.ts';
import type { ConversationDump } from '../../storage/store.ts';
import { CAST, FOLDERS, PROMPTS } from './cast.ts';
import type { Chance } from './chance.ts';
import type { SeedPlan } from './plan.ts';
import { makeReply, tokensOf } from './reply.ts';
import type { SeedAnswer, SeedConversation, SeedTurn } from './script.ts';

const DAY_MS = 86_400_000;

type DumpMessage = ConversationDump['messages'][number];

/** The moment `daysAgo` days before `now`, at this hour of the day; never after `now`. */
function momentOf(now: number, daysAgo: number, hour: number): number {
  const day = new Date(now - daysAgo * DAY_MS);
  day.setHours(0, 0, 0, 0);
  const at = day.getTime() + hour * 3_600_000;
  // Before that hour today, what is said to be of today lies minutes back.
  return at < now - 600_000 ? at : now - 600_000 - hour * 60_000;
}

/** Folders and prompts of the made-up person. */
export function addFurniture(plan: SeedPlan, now: number, chance: Chance): void {
  FOLDERS.forEach((name, position) => {
    const createdAt = Math.round(now - (7 - position / 10) * DAY_MS);
    plan.folders.push({ id: chance.id(createdAt), name, position, createdAt });
  });
  for (const prompt of PROMPTS) {
    const versions = prompt.versions.map(({ text, note, daysAgo }) => {
      const at = Math.round(now - daysAgo * DAY_MS);
      return { id: chance.id(at), text, note, at };
    });
    plan.prompts.push({ id: chance.id(versions[0]?.at ?? now), name: prompt.name, versions, labels: prompt.labels });
  }
}

/** Adds one conversation with its traces and ratings. */
export function addConversation(plan: SeedPlan, script: SeedConversation, now: number, chance: Chance): void {
  const startedAt = Math.round(momentOf(now, script.daysAgo, script.hour));
  const conversationId = chance.id(startedAt);
  const prompt = plan.prompts.find(({ name }) => name === script.prompt);
  const version = prompt?.versions[(script.promptVersion ?? prompt.versions.length) - 1];
  const messages: DumpMessage[] = [];
  let at = startedAt;
  let parentId: string | null = null;
  let historyTokens = script.systemPrompt === undefined ? 0 : tokensOf(script.systemPrompt);
  let cold = true;

  const addAsk = (turn: { ask: string; turnId: string }): string => {
    const id = chance.id(at);
    messages.push({
      id,
      parentId,
      role: 'user',
      text: turn.ask,
      status: 'complete',
      turnId: turn.turnId,
      createdAt: Math.round(at),
      reply: null,
    });
    return id;
  };
  const addAnswer = (ask: string, askId: string, turnId: string, answer: SeedAnswer): string => {
    const messageId = chance.id(at + 1);
    const made = makeReply(
      {
        at,
        question: ask,
        answer,
        model: CAST[answer.model ?? 'starter'],
        historyTokens,
        place: { conversationId, messageId, turnId },
        private: script.private ?? false,
        source: 'app',
        promptVersionId: version?.id ?? null,
        cold,
      },
      chance,
    );
    cold = false;
    const status = answer.end === undefined || answer.end === 'length' ? 'complete' : answer.end;
    messages.push({
      id: messageId,
      parentId: askId,
      role: 'assistant',
      text: answer.text,
      status,
      turnId,
      createdAt: Math.round(at + 1),
      reply: made.reply,
    });
    plan.traces.push(made);
    at += made.reply.durationMs ?? 0;
    if (answer.rating !== undefined) {
      const ratedAt = Math.round(Math.min(now, at + chance.between(4000, 40_000)));
      plan.feedback.push({
        id: chance.id(ratedAt),
        messageId,
        rating: answer.rating,
        reason: answer.reason ?? null,
        note: answer.note ?? '',
        at: ratedAt,
      });
    }
    return messageId;
  };
  const addTurn = (turn: SeedTurn): void => {
    if (turn.earlierAsk !== undefined) {
      addAsk({ ask: turn.earlierAsk, turnId: chance.id(at) });
      at += chance.between(20_000, 50_000);
    }
    const askTurnId = chance.id(at);
    const askId = addAsk({ ask: turn.ask, turnId: askTurnId });
    let shown: string | null = null;
    for (const [index, answer] of turn.answers.entries()) {
      const id = addAnswer(turn.ask, askId, index === 0 ? askTurnId : chance.id(at), answer);
      // Somebody who rated one of several answers well goes on from there.
      if (shown === null || answer.rating === 'up') shown = id;
      at += chance.between(6000, 30_000);
    }
    const said = turn.answers.find((answer) => answer.rating === 'up') ?? turn.answers[0];
    historyTokens += tokensOf(turn.ask) + tokensOf(said?.text ?? '');
    parentId = shown;
    at += chance.between(15_000, 120_000);
  };
  for (const turn of script.turns) addTurn(turn);

  const conversation: Conversation = {
    id: conversationId,
    title: script.title,
    titleSource: script.daysAgo % 2 === 0 ? 'auto' : 'user',
    folderId: plan.folders.find(({ name }) => name === script.folder)?.id ?? null,
    pinned: script.pinned ?? false,
    private: script.private ?? false,
    systemPrompt: script.systemPrompt ?? null,
    promptId: prompt?.id ?? null,
    sampling: script.systemPrompt === undefined ? {} : { temperature: 0.9 },
    route: script.route === undefined ? ROUTE_AUTO : script.route === 'local' ? 'local' : CAST[script.route].id,
    headMessageId: parentId,
    messageCount: messages.length,
    createdAt: startedAt,
    updatedAt: messages.at(-1)?.createdAt ?? startedAt,
  };
  plan.conversations.push({ conversation, messages });
}
