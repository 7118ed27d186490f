/** A page that draws no frame in this time, in ms, stands in a window that nobody looks at. */
const UNSEEN_MS = 2_000;

/** Runs something once a frame was drawn after now, or nobody is there to see one. The result cancels it. */
export function whenSeen(run: () => void): () => void {
  const stop = (): void => {
    cancelAnimationFrame(frame);
    clearTimeout(after);
    clearTimeout(unseen);
  };
  const once = (): void => {
    stop();
    run();
  };
  let after: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => {
    after = setTimeout(once);
  });
  const unseen = setTimeout(once, UNSEEN_MS);
  return stop;
}
