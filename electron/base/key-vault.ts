/** Where keys of providers are kept, by name. A value never goes anywhere but into a request's header. */
export interface KeyVault {
  /** False = this system has no keychain: keys are kept until the app ends. */
  readonly keychain: boolean;
  get(name: string): string | null;
  set(name: string, key: string): void;
  forget(name: string): void;
}
