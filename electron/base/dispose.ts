/** Something long-lived that must be ended. Ending twice is allowed and does nothing. */
export interface Disposable {
  dispose(): void | Promise<void>;
}

/** Keeps what was built, in order, and ends it in reverse. One failing end does not keep the others from ending. */
export function createDisposeStack(onError: (error: unknown) => void) {
  const stack: Disposable[] = [];
  return {
    add<T extends Disposable>(item: T): T {
      stack.push(item);
      return item;
    },
    async dispose(): Promise<void> {
      for (let item = stack.pop(); item; item = stack.pop()) {
        try {
          await item.dispose();
        } catch (error) {
          onError(error);
        }
      }
    },
  };
}
