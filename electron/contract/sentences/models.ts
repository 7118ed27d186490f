/** What the models of this machine, and the engine that runs them, say to a person, by code. Slots stand in braces. */
export const MODEL_SENTENCES = {
  only_vectors: '{name} turns texts into vectors and does not chat: it is loaded when something asks it for some.',
  no_vectors: '{model} chats and makes no embeddings: choose an embedding model.',
} as const;
