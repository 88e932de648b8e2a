/** What is kept on this device: locked with a key derived from the code, a week at the most. */

import { concat, fromText, random, toText, utf8, type Bytes } from "./protocol/bytes";

const WEEK = 7 * 24 * 3600 * 1000;

export class Keep {
  private constructor(
    private readonly name: string,
    private readonly key: CryptoKey,
    private store: Storage | null,
  ) {}

  static async of(code: string): Promise<Keep> {
    const secret = await crypto.subtle.importKey("raw", utf8(code), "HKDF", false, [
      "deriveKey",
      "deriveBits",
    ]);
    const use = (purpose: string) => ({
      name: "HKDF",
      hash: "SHA-256",
      salt: utf8("espi/device/v1"),
      info: utf8(purpose),
    });
    const aes = { name: "AES-GCM", length: 256 };
    const key = await crypto.subtle.deriveKey(use("lock"), secret, aes, false, [
      "encrypt",
      "decrypt",
    ]);
    const name = toText(new Uint8Array(await crypto.subtle.deriveBits(use("name"), secret, 96)));
    sweep();
    return new Keep(name, key, storage());
  }

  /** On a shared device nothing is written; what was written goes. */
  useMemoryOnly(): void {
    this.wipe();
    this.store = null;
  }

  get keeps(): boolean {
    return this.store !== null;
  }

  async write(kind: "draft" | "envelope", content: unknown): Promise<void> {
    if (this.store === null) return;
    const iv = random(12);
    const plain = utf8(JSON.stringify(content));
    const locked = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.key, plain);
    const text = toText(concat(iv, new Uint8Array(locked)));
    try {
      this.store.setItem(this.place(kind), `${Date.now() + WEEK}.${text}`);
    } catch {
      // The device's storage is full or forbidden: the page in memory goes on.
    }
  }

  async read<T>(kind: "draft" | "envelope"): Promise<T | null> {
    const [until, text] = (this.store?.getItem(this.place(kind)) ?? "").split(".");
    if (!text || Number(until) < Date.now()) return null;
    const data = fromText(text);
    try {
      const scheme = { name: "AES-GCM", iv: data.slice(0, 12) };
      const plain = await crypto.subtle.decrypt(scheme, this.key, data.slice(12) as Bytes);
      return JSON.parse(new TextDecoder().decode(plain)) as T;
    } catch {
      return null;
    }
  }

  wipe(): void {
    this.store?.removeItem(this.place("draft"));
    this.store?.removeItem(this.place("envelope"));
  }

  private place(kind: string): string {
    return `espi.${kind}.${this.name}`;
  }
}

function storage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** Takes away whatever has outlived its week, whoever's it was. */
function sweep(): void {
  const store = storage();
  if (store === null) return;
  for (const name of Object.keys(store)) {
    const until = Number((store.getItem(name) ?? "").split(".")[0]);
    if (name.startsWith("espi.") && !(until > Date.now())) store.removeItem(name);
  }
}
