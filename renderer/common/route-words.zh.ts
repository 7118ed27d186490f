import type { routeWordsEn } from './route-words.en.ts';

export const routeWordsZh: Record<keyof typeof routeWordsEn, string> = {
  routeAuto: '自动',
  routeAutoHint: '由策略选择允许使用的最佳模型',
  routeLocal: '仅本地',
  routeLocalHint: '只使用本机上的模型',
  routeAutoPrivateHint: '由策略选择能保持私密的最佳模型',
  routeHere: '本机',
  routeOther: '已不在列表中',
  routeGone: '在你另选之前，由策略决定谁来回答。',
  routeNotPrivate: '私密：它的服务商不在本机',
  routeNoKey: '它的服务商没有密钥；请在“模型”中填写',
  routeDisabled: '已关闭；可在“模型”中启用',
  routePrice: '每百万 token：输入 {{in}}，输出 {{out}}',
};
