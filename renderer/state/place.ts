import { create } from 'zustand';
import { keep, readKept } from './persist.ts';

export type RoomName = 'chat' | 'traces' | 'prompts' | 'feedback' | 'models' | 'settings';

interface PlaceFacts {
  readonly room: RoomName;
  /** Conversation shown in Chat; null = a new one that is not stored yet. */
  readonly conversationId: string | null;
  /** Message to bring into view once (a search hit); Chat clears it. */
  readonly targetMessageId: string | null;
  /** Trace shown in Traces. */
  readonly traceId: string | null;
  /** Trace shown in the right panel of Chat. */
  readonly panelTraceId: string | null;
  readonly promptId: string | null;
  readonly paletteOpen: boolean;
  /** What Models should open once when one comes from elsewhere; it clears it. */
  readonly modelsAsk: 'add-provider' | 'get-model' | null;
  /** Counts up when the composer should take the focus. */
  readonly composerFocus: number;
  /** Text handed to the composer once (e.g. try this prompt); Chat clears it. */
  readonly composerText: string | null;
}

export interface Place extends PlaceFacts {
  readonly set: (facts: Partial<PlaceFacts>) => void;
  readonly go: (room: RoomName) => void;
  readonly newChat: () => void;
  readonly openConversation: (conversationId: string, messageId?: string | null) => void;
  readonly openTrace: (traceId: string) => void;
  readonly openPrompt: (promptId: string) => void;
}

const KEY = 'switchyard.place';
const kept = readKept<{ conversationId: string }>(KEY, { conversationId: '' });

/** Where the person is. Rooms move each other only through this. */
export const usePlace = create<Place>((set) => ({
  room: 'chat',
  conversationId: kept.conversationId === '' ? null : kept.conversationId,
  targetMessageId: null,
  traceId: null,
  panelTraceId: null,
  promptId: null,
  paletteOpen: false,
  modelsAsk: null,
  composerFocus: 0,
  composerText: null,
  set: (facts) => set(facts),
  go: (room) => set({ room }),
  newChat: () =>
    set((now) => ({
      room: 'chat',
      conversationId: null,
      targetMessageId: null,
      panelTraceId: null,
      composerFocus: now.composerFocus + 1,
    })),
  openConversation: (conversationId, messageId = null) =>
    set((now) => ({
      room: 'chat',
      conversationId,
      targetMessageId: messageId,
      panelTraceId: now.conversationId === conversationId ? now.panelTraceId : null,
    })),
  openTrace: (traceId) => set({ room: 'traces', traceId }),
  openPrompt: (promptId) => set({ room: 'prompts', promptId }),
}));

let keptId = usePlace.getState().conversationId;
usePlace.subscribe(({ conversationId }) => {
  if (conversationId === keptId) return;
  keptId = conversationId;
  keep(KEY, { conversationId: conversationId ?? '' });
});
