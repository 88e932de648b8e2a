/**
 * The device's storage: IndexedDB, because a change there can be waited for until it is on the disk. What was written to
 * localStorage a moment before a power cut is gone, and with it the only envelope that the signature is for.
 */

const TABLES = ["kept", "interviews"] as const;
const PATIENCE = 10_000; // milliseconds: some browsers never answer

export type Table = (typeof TABLES)[number];

export class Store {
  private constructor(private readonly database: IDBDatabase) {}

  /** Opens the storage; null where the browser forbids it or does not answer. */
  static open(): Promise<Store | null> {
    return new Promise((resolve) => {
      setTimeout(() => resolve(null), PATIENCE);
      try {
        const asked = indexedDB.open("espi", 1);
        asked.onupgradeneeded = () => TABLES.forEach((table) => asked.result.createObjectStore(table));
        asked.onsuccess = () => {
          asked.result.onversionchange = () => asked.result.close(); // a newer booth in another tab goes first
          resolve(new Store(asked.result));
        };
        asked.onerror = () => resolve(null);
      } catch {
        resolve(null);
      }
    });
  }

  /** Answers when nothing of the change can be lost any more; rejects where nothing was changed. */
  change(table: Table, deed: (rows: IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const all = this.database.transaction(table, "readwrite", { durability: "strict" });
      all.oncomplete = () => resolve();
      all.onabort = () => reject(all.error);
      deed(all.objectStore(table));
    });
  }

  read<T>(table: Table, name: string): Promise<T | undefined> {
    return this.ask(table, (rows) => rows.get(name) as IDBRequest<T | undefined>);
  }

  names(table: Table): Promise<string[]> {
    return this.ask(table, (rows) => rows.getAllKeys() as IDBRequest<string[]>);
  }

  private ask<T>(table: Table, question: (rows: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const asked = question(this.database.transaction(table).objectStore(table));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  }
}
