import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@wayleave/runtime/log.ts';
import type { Pool } from '@wayleave/runtime/postgres.ts';
import { loadBook } from './load-book.ts';
import { OperatorBook } from './operator-book.ts';

/** PostgreSQL channel on which an operator's id is told when something of its rules changed. */
export const RULES_CHANNEL = 'rules';

/** Operators whose books are kept; beyond it the one that was asked for longest ago is read again when it is. */
const MAX_BOOKS = 500;
const RETRY_MS = 250;

export interface RuleBooksOptions {
  pool: Pool;
  log: Log;
  /** How far back a book reaches when it is made. */
  keepMs: number;
  now: () => number;
}

/** The books of the operators whose devices a process sees, kept up to date. */
export class RuleBooks {
  #options: RuleBooksOptions;
  #books = new Map<number, OperatorBook>();
  #loading = new Map<number, Promise<OperatorBook>>();
  /** Operators whose books changed while they were read. */
  #again = new Set<number>();
  #closed = false;

  constructor(options: RuleBooksOptions) {
    this.#options = options;
  }

  /** The operator's book; undefined until it has been read (`ready`). */
  get(operatorId: number): OperatorBook | undefined {
    return this.#books.get(operatorId);
  }

  /** Resolves to the operator's book once it is there. */
  async ready(operatorId: number): Promise<OperatorBook> {
    const book = this.#books.get(operatorId);
    if (book) {
      // The last asked for is the last to go.
      this.#books.delete(operatorId);
      this.#books.set(operatorId, book);
      return book;
    }
    return await (this.#loading.get(operatorId) ?? this.#load(operatorId));
  }

  /** Something of the operator's rules changed, or of anybody's: what is kept is read again, at once. */
  changed(operatorId: number | null): void {
    const concerned = operatorId === null ? [...this.#books.keys()] : [operatorId];
    for (const id of concerned) {
      if (this.#loading.has(id)) this.#again.add(id);
      else if (this.#books.has(id)) {
        this.#load(id).catch((error: unknown) =>
          this.#options.log.error({ err: error, operatorId: id }, 'the rules of an operator cannot be read'),
        );
      }
    }
  }

  close(): void {
    this.#closed = true;
  }

  #load(operatorId: number): Promise<OperatorBook> {
    const loading = this.#read(operatorId).finally(() => this.#loading.delete(operatorId));
    this.#loading.set(operatorId, loading);
    return loading;
  }

  /** Tries until it is read: without it no rule of the operator may run. */
  async #read(operatorId: number): Promise<OperatorBook> {
    const { pool, log, keepMs, now } = this.#options;
    const book = this.#books.get(operatorId) ?? new OperatorBook(now() - keepMs);
    for (;;) {
      this.#again.delete(operatorId);
      try {
        await loadBook(pool, operatorId, book, {
          onUnusable: (what, error) => log.error({ err: error, operatorId }, `${what} cannot be used`),
        });
      } catch (error) {
        if (this.#closed) throw error;
        log.warn({ err: error, operatorId }, 'the rules of an operator were not read; trying again');
        await sleep(RETRY_MS);
        continue;
      }
      if (this.#again.has(operatorId)) continue;
      this.#keep(operatorId, book);
      return book;
    }
  }

  #keep(operatorId: number, book: OperatorBook): void {
    this.#books.delete(operatorId);
    this.#books.set(operatorId, book);
    if (this.#books.size <= MAX_BOOKS) return;
    const [oldest] = this.#books.keys();
    this.#books.delete(oldest!);
  }
}
