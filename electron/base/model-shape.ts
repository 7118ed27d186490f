/** What the size of a model's state and of its computing depends on; read from the file's own header. */
export interface ModelShape {
  /** All weights in bytes. */
  readonly weightsBytes: number;
  readonly layers: number;
  readonly width: number;
  readonly feedForward: number;
  readonly vocabulary: number;
  /** Elements of keys and values that one token takes, all layers together. */
  readonly stateElements: number;
  /** Context it was trained with, tokens. */
  readonly trainedTokens: number;
}
