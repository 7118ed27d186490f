/** Keys are flat: a dot groups them for the eye only. */
export const routeWordsEn = {
  routeAuto: 'Automatic',
  routeAutoHint: 'The policy picks the best model it may use',
  routeLocal: 'Local only',
  routeLocalHint: 'Only models on this machine',
  routeAutoPrivateHint: 'The policy picks the best model that keeps this private',
  routeHere: 'This machine',
  routeOther: 'Not listed any more',
  routeGone: 'Replies take the policy’s choice until you pick another.',
  routeNotPrivate: 'Private: its provider is not on this machine',
  routeNoKey: 'Its provider has no key; enter one under Models',
  routeDisabled: 'Switched off; switch it on under Models',
  routePrice: '{{in}} in, {{out}} out for a million tokens',
};
