/** A controller that follows a signal until it is let go. */
export interface Following {
  readonly controller: AbortController;
  /** The signal is not listened to any more. Call it when the work is over. */
  unfollow(): void;
}

/**
 * A controller that aborts when `signal` does, with its reason, or by itself. `AbortSignal.any` does the same, but what hangs on
 * its signals survives every collection of the young generation (it is registered for finalization, and such entries count as
 * used until the old generation is collected): of a call through the local API that is all it ever made.
 */
export function following(signal: AbortSignal): Following {
  const controller = new AbortController();
  const follow = (): void => {
    controller.abort(signal.reason);
  };
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  return {
    controller,
    unfollow() {
      signal.removeEventListener('abort', follow);
    },
  };
}
