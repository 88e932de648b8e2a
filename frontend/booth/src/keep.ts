/** What is kept on this device: locked with a key derived from the code, a week at the most. */

import { random, toText, utf8, type Bytes } from "./protocol/bytes";
import { Store } from "./store";

const WEEK = 7 * 24 * 3600 * 1000;

type Kind = "draft" | "envelope";

interface Row {
  readonly until: number;
  readonly iv: Bytes;
  readonly locked: ArrayBuffer;
}

export class Keep {
  private drafts = true;
  private writes = true;

  private constructor(
    private readonly name: string,
    private readonly key: CryptoKey,
    private readonly store: Store | null,
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
    const store = await Store.open();
    await sweep(store);
    return new Keep(name, key, store);
  }

  /** On a shared device no draft is written, and one that was goes; a locked envelope stays until it is sent. */
  async keepNoDraft(): Promise<void> {
    this.drafts = false;
    await this.forgetDraft();
  }

  get keepsDrafts(): boolean {
    return this.drafts && this.keeps;
  }

  /** False where the device refused to keep what came last: full, or forbidden. */
  get keeps(): boolean {
    return this.store !== null && this.writes;
  }

  async write(kind: Kind, content: unknown): Promise<void> {
    if (kind === "draft" && !this.drafts) return;
    const row = await this.locked(content);
    this.writes = await this.change((rows) => rows.put(row, this.place(kind)));
  }

  /** Writes what is not there yet. Returns what is kept now: an earlier tab's, if that was first. */
  async writeFirst<T>(kind: Kind, content: T): Promise<T> {
    const row = await this.locked(content);
    if (await this.change((rows) => rows.add(row, this.place(kind)))) return content;
    const earlier = await this.read<T>(kind);
    if (earlier !== null) return earlier;
    await this.write(kind, content);
    return content;
  }

  async read<T>(kind: Kind): Promise<T | null> {
    try {
      const row = await this.store?.read<Row>("kept", this.place(kind));
      if (!row || row.until < Date.now()) return null;
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, this.key, row.locked);
      return JSON.parse(new TextDecoder().decode(plain)) as T;
    } catch {
      return null;
    }
  }

  /** The person's own wish; an envelope that is on its way stays until it is sent. */
  async forgetDraft(): Promise<void> {
    await this.change((rows) => rows.delete(this.place("draft")));
  }

  /** Returns whether nothing is left on this device. */
  async wipe(): Promise<boolean> {
    if (this.store === null) return true;
    return this.change((rows) => {
      rows.delete(this.place("draft"));
      rows.delete(this.place("envelope"));
    });
  }

  private async locked(content: unknown): Promise<Row> {
    const iv = random(12);
    const plain = utf8(JSON.stringify(content));
    const locked = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.key, plain);
    return { until: Date.now() + WEEK, iv, locked };
  }

  /** Returns whether the change was made: a device may be full, and the page in memory goes on. */
  private async change(deed: (rows: IDBObjectStore) => void): Promise<boolean> {
    try {
      await this.store?.change("kept", deed);
      return this.store !== null;
    } catch {
      return false;
    }
  }

  private place(kind: Kind): string {
    return `${kind}.${this.name}`;
  }
}

/** Takes away whatever has outlived its week, whoever's it was. */
async function sweep(store: Store | null): Promise<void> {
  try {
    await store?.change("kept", (rows) => {
      rows.openCursor().onsuccess = (event) => {
        const cursor = (event.target as IDBRequest<IDBCursorWithValue | null>).result;
        if (!cursor) return;
        if (!((cursor.value as Row).until > Date.now())) cursor.delete();
        cursor.continue();
      };
    });
  } catch {
    // A device that cannot be swept cannot keep anything either.
  }
}
