import { create } from 'zustand';

interface Comparing {
  /** Picked as the first of two; null = nobody is comparing. */
  readonly first: { readonly id: string; readonly name: string } | null;
  /** Shown beside each other; null = none. */
  readonly pair: { readonly a: string; readonly b: string } | null;
  /** Answers of this session that no trace keeps, by trace. */
  readonly answers: ReadonlyMap<string, string>;
  /** Picks one: the first, or the second of the one picked before. */
  readonly pick: (id: string, name: string) => void;
  readonly cancel: () => void;
  readonly open: (a: string, b: string) => void;
  readonly close: () => void;
  readonly remember: (traceId: string, answer: string) => void;
}

/** Two traces on their way to stand beside each other. */
export const useComparing = create<Comparing>((set) => ({
  first: null,
  pair: null,
  answers: new Map(),
  pick: (id, name) => {
    set(({ first }) => {
      if (first === null) return { first: { id, name } };
      return first.id === id ? { first: null } : { first: null, pair: { a: first.id, b: id } };
    });
  },
  cancel: () => {
    set({ first: null });
  },
  open: (a, b) => {
    set({ first: null, pair: { a, b } });
  },
  close: () => {
    set({ pair: null });
  },
  remember: (traceId, answer) => {
    set(({ answers }) => ({ answers: new Map(answers).set(traceId, answer) }));
  },
}));
