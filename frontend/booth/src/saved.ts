/** What is saved on this device: draft and envelope, locked with a key derived from the code, for a week at most. */

import { DeviceDatabase } from "./database";
import { random, toText, utf8, type Bytes } from "./protocol/bytes";

const WEEK = 7 * 24 * 3600 * 1000; // milliseconds; the box stays open as long after the last signature

type Kind = "draft" | "envelope";

interface Row {
  readonly until: number;
  readonly iv: Bytes;
  readonly locked: ArrayBuffer;
}

export class SavedWork {
  private drafts = true;
  private writes = true;

  private constructor(
    private readonly name: string,
    private readonly key: CryptoKey,
    private readonly database: DeviceDatabase | null,
  ) {}

  /** Opens what is saved for a code, and deletes everybody's rows that have outlived their week. */
  static async of(code: string): Promise<SavedWork> {
    const secret = await crypto.subtle.importKey("raw", utf8(code), "HKDF", false, ["deriveKey", "deriveBits"]);
    const use = (purpose: string) => ({
      name: "HKDF",
      hash: "SHA-256",
      salt: utf8("espi/device/v1"),
      info: utf8(purpose),
    });
    const aes = { name: "AES-GCM", length: 256 };
    const key = await crypto.subtle.deriveKey(use("lock"), secret, aes, false, ["encrypt", "decrypt"]);
    const name = toText(new Uint8Array(await crypto.subtle.deriveBits(use("name"), secret, 96)));
    const database = await DeviceDatabase.open();
    await deleteExpired(database);
    return new SavedWork(name, key, database);
  }

  /** For a shared device: writes no draft, and deletes one that is there. A locked envelope stays until it is sent. */
  async disableDrafts(): Promise<void> {
    this.drafts = false;
    await this.deleteDraft();
  }

  get keepsDrafts(): boolean {
    return this.drafts && this.isWorking;
  }

  /** False where the device refused the last write: it is full, or forbids storage. */
  get isWorking(): boolean {
    return this.database !== null && this.writes;
  }

  async write(kind: Kind, content: unknown): Promise<void> {
    if (kind === "draft" && !this.drafts) return;
    const row = await this.lock(content);
    this.writes = await this.change((rows) => rows.put(row, this.rowName(kind)));
  }

  /** Writes only if nothing is there yet, and returns what is there now: another tab may have been first. */
  async writeFirst<T>(kind: Kind, content: T): Promise<T> {
    const row = await this.lock(content);
    if (await this.change((rows) => rows.add(row, this.rowName(kind)))) return content;
    const earlier = await this.read<T>(kind);
    if (earlier !== null) return earlier;
    await this.write(kind, content);
    return content;
  }

  /** Returns what is saved; null where nothing is, or it is too old, or cannot be read. */
  async read<T>(kind: Kind): Promise<T | null> {
    try {
      const row = await this.database?.read<Row>("kept", this.rowName(kind));
      if (!row || row.until < Date.now()) return null;
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, this.key, row.locked);
      return JSON.parse(new TextDecoder().decode(plain)) as T;
    } catch {
      return null;
    }
  }

  /** Deletes the draft; an envelope that is on its way stays until it is sent. */
  async deleteDraft(): Promise<void> {
    await this.change((rows) => rows.delete(this.rowName("draft")));
  }

  /** Deletes everything of this code; returns whether nothing is left on this device. */
  async wipe(): Promise<boolean> {
    if (this.database === null) return true;
    return this.change((rows) => {
      rows.delete(this.rowName("draft"));
      rows.delete(this.rowName("envelope"));
    });
  }

  private async lock(content: unknown): Promise<Row> {
    const iv = random(12);
    const plain = utf8(JSON.stringify(content));
    const locked = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.key, plain);
    return { until: Date.now() + WEEK, iv, locked };
  }

  /** Returns whether the change was made. A full device is no error: the page goes on from memory. */
  private async change(write: (rows: IDBObjectStore) => void): Promise<boolean> {
    try {
      await this.database?.change("kept", write);
      return this.database !== null;
    } catch {
      return false;
    }
  }

  private rowName(kind: Kind): string {
    return `${kind}.${this.name}`;
  }
}

/** Deletes rows older than a week, whosever they are: nobody may come back to a shared device to do it. */
async function deleteExpired(database: DeviceDatabase | null): Promise<void> {
  try {
    await database?.change("kept", (rows) => {
      rows.openCursor().onsuccess = (event) => {
        const cursor = (event.target as IDBRequest<IDBCursorWithValue | null>).result;
        if (!cursor) return;
        // Not "until <= now": a row whose time cannot be read is deleted, too.
        if (!((cursor.value as Row).until > Date.now())) cursor.delete();
        cursor.continue();
      };
    });
  } catch {
    // A device where nothing can be deleted saves nothing either.
  }
}
