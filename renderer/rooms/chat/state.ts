import { create } from 'zustand';

interface ChatState {
  /** User message being edited in place. */
  readonly editingId: string | null;
  /** Reply whose trace is in the panel. */
  readonly panelMessageId: string | null;
  readonly finding: boolean;
  readonly settingsOpen: boolean;
  readonly set: (facts: Partial<Omit<ChatState, 'set'>>) => void;
}

/** What is open in Chat. Nothing here is stored. */
export const useChatState = create<ChatState>((set) => ({
  editingId: null,
  panelMessageId: null,
  finding: false,
  settingsOpen: false,
  set: (facts) => set(facts),
}));
