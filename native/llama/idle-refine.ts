/** Quiet before the careful measurement begins, in ms. */
export const IDLE_AFTER_MS = 4000;
/** Careful measurements tried for one loaded model; a machine that is never calm is left alone. */
export const MOST_REFINES = 3;

export interface IdleRefineDeps {
  readonly cores: number;
  /** Cores that other programs leave free now. */
  readonly freeCores: () => number;
  /** Calls back after so many ms; returns what cancels it. */
  readonly after: (ms: number, run: () => void) => () => void;
  /** A model is loaded and nobody waits for it. */
  readonly isIdle: () => boolean;
  /** Measures carefully, and gives up when somebody comes. True = nothing needs to be measured again. */
  readonly measure: () => Promise<boolean>;
  readonly onTrouble: (error: unknown) => void;
}

/** Whether what was measured counts. `whole`: what could not try every thread count, because others held cores, does not. */
export const isKept = (result: { readonly complete: boolean } | null, whole: boolean): boolean =>
  result !== null && (!whole || result.complete);

/**
 * When a loaded model is measured carefully: after the last answer, when all cores are free, a few times at most. What is measured while
 * others compute would be others, and would count long after they are gone.
 */
export function createIdleRefine({ cores, freeCores, after, isIdle, measure, onTrouble }: IdleRefineDeps) {
  let wanted = false;
  let refines = 0;
  let cancel: (() => void) | null = null;

  function look(): void {
    cancel = null;
    if (!isIdle()) return;
    if (freeCores() < cores) {
      cancel = after(IDLE_AFTER_MS, look);
      return;
    }
    refines++;
    measure().then(
      (settled) => {
        wanted = !settled;
      },
      (error: unknown) => {
        wanted = false;
        onTrouble(error);
      },
    );
  }

  return {
    /** Another model is loaded: it has all its tries. */
    loaded(): void {
      refines = 0;
    },
    /** A careful measurement is due. */
    want(): void {
      wanted = true;
    },
    /** It was measured otherwise; `complete` = nothing is due any more. */
    measured(complete: boolean): void {
      wanted = !complete;
    },
    /** Somebody asks for something. */
    busy(): void {
      cancel?.();
      cancel = null;
    },
    /** The last request is over. */
    quiet(): void {
      if (wanted && refines < MOST_REFINES) cancel ??= after(IDLE_AFTER_MS, look);
    },
  };
}
