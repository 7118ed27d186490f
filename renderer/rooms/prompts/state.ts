import { create } from 'zustand';
import { keep, readKept } from '../../state/persist.ts';

/** A version being written; kept while the person looks elsewhere. */
export interface VersionDraft {
  readonly text: string;
  readonly note: string;
  /** Number of the version it started from. */
  readonly fromNumber: number;
}

export type DiffLayout = 'side' | 'inline';

interface PromptsRoom {
  readonly search: string;
  readonly listPx: number;
  readonly layout: DiffLayout;
  readonly tab: 'text' | 'compare';
  /** By prompt id. */
  readonly drafts: Readonly<Record<string, VersionDraft>>;
  readonly set: (facts: Partial<Omit<PromptsRoom, 'set' | 'setDraft'>>) => void;
  readonly setDraft: (promptId: string, draft: VersionDraft | null) => void;
}

export const LIST_PX = { min: 180, max: 420, normal: 240 } as const;

const KEY = 'switchyard.prompts';
const kept = readKept<{ listPx: number; inline: boolean }>(KEY, { listPx: LIST_PX.normal, inline: false });

export const usePromptsRoom = create<PromptsRoom>((set) => ({
  search: '',
  listPx: kept.listPx,
  layout: kept.inline ? 'inline' : 'side',
  tab: 'text',
  drafts: {},
  set: (facts) => {
    set(facts);
  },
  setDraft: (promptId, draft) => {
    set(({ drafts }) => {
      const others = Object.entries(drafts).filter(([id]) => id !== promptId);
      return { drafts: Object.fromEntries(draft === null ? others : [...others, [promptId, draft]]) };
    });
  },
}));

usePromptsRoom.subscribe(({ listPx, layout }) => {
  keep(KEY, { listPx, inline: layout === 'inline' });
});
