import type { SentenceCode } from '../../../electron/contract/sentences/index.ts';

/** Sentences of the models of this machine and of the engine in Chinese, by code. */
export const modelWordsZh: Readonly<Record<Extract<SentenceCode, `model.${string}`>, string>> = {
  'model.only_vectors': '{name} 把文字变成向量，不能聊天：有需要时会自动加载。',
  'model.no_vectors': '{model} 用来聊天，不产生向量：请选择嵌入模型。',
};
