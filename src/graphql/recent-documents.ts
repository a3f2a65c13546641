import type { DocumentNode } from 'graphql';

/** A front end has a few dozen. A document of the largest size takes some hundred kilobytes, so this many stay small. */
const MOST = 200;

/**
 * Documents that have been parsed and found valid, so that the next request with the same text is spared both: those
 * used last. Apollo's own store counts bytes of JSON, and had grown by half a gigabyte after a hundred thousand
 * different queries of a stranger.
 */
export class RecentDocuments {
  private readonly documents = new Map<string, DocumentNode>();

  async get(key: string): Promise<DocumentNode | undefined> {
    const document = this.documents.get(key);
    if (document) this.keep(key, document);
    return document;
  }

  async set(key: string, document: DocumentNode): Promise<void> {
    this.keep(key, document);
    const [oldest] = this.documents.keys();
    if (this.documents.size > MOST && oldest !== undefined) this.documents.delete(oldest);
  }

  async delete(key: string): Promise<boolean> {
    return this.documents.delete(key);
  }

  /** A Map lists what was put in last at its end. */
  private keep(key: string, document: DocumentNode): void {
    this.documents.delete(key);
    this.documents.set(key, document);
  }
}
