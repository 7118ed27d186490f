/** Tells everybody who listens. A listener that throws is reported and does not keep the others from hearing. */
export interface Emitter<T> {
  emit(value: T): void;
  /** Returns the end of listening; ending twice does nothing. */
  on(listener: (value: T) => void): () => void;
}

export function createEmitter<T>(onError: (error: unknown) => void): Emitter<T> {
  const listeners = new Set<(value: T) => void>();
  return {
    emit(value) {
      for (const listener of [...listeners]) {
        try {
          listener(value);
        } catch (error) {
          onError(error);
        }
      }
    },
    on(listener) {
      const own = (value: T) => {
        listener(value);
      };
      listeners.add(own);
      return () => listeners.delete(own);
    },
  };
}
