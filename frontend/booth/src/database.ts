/**
 * The device's storage: IndexedDB, because there a change can be waited for until it is on the disk. What was written
 * to localStorage a moment before a power cut is gone, and with it the only envelope that its signature is for.
 */

const TABLES = ["kept", "interviews"] as const;
const PATIENCE = 10_000; // milliseconds: some browsers never answer

export type Table = (typeof TABLES)[number];

export class DeviceDatabase {
  private constructor(private readonly database: IDBDatabase) {}

  /** Opens the storage; null where the browser forbids it or does not answer. */
  static open(): Promise<DeviceDatabase | null> {
    return new Promise((resolve) => {
      setTimeout(() => resolve(null), PATIENCE);
      try {
        const request = indexedDB.open("espi", 1);
        request.onupgradeneeded = () => TABLES.forEach((table) => request.result.createObjectStore(table));
        request.onsuccess = () => {
          // A newer booth in another tab may want to change the tables: it waits until this one has closed them.
          request.result.onversionchange = () => request.result.close();
          resolve(new DeviceDatabase(request.result));
        };
        request.onerror = () => resolve(null);
      } catch {
        resolve(null); // Firefox throws in private windows with storage switched off
      }
    });
  }

  /** Changes rows; resolves when the change is on the disk, rejects where nothing was changed. */
  change(table: Table, write: (rows: IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(table, "readwrite", { durability: "strict" });
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
      write(transaction.objectStore(table));
    });
  }

  read<T>(table: Table, name: string): Promise<T | undefined> {
    return this.query(table, (rows) => rows.get(name) as IDBRequest<T | undefined>);
  }

  names(table: Table): Promise<string[]> {
    return this.query(table, (rows) => rows.getAllKeys() as IDBRequest<string[]>);
  }

  private query<T>(table: Table, start: (rows: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const request = start(this.database.transaction(table).objectStore(table));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }
}
