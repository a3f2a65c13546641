/** The part of `BroadcastChannel` that the kit uses, for platforms with another implementation. */
export interface Channel {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: unknown) => void): void;
  close(): void;
}

/** The part of `window` that the kit uses. */
interface Page {
  addEventListener?(type: 'pageshow', listener: (event: { persisted: boolean }) => void): void;
  removeEventListener?(type: 'pageshow', listener: (event: { persisted: boolean }) => void): void;
}

const USER_CHANGED = 'user-changed';

/** Announces to other tabs that the user changed, and reports changes that were made there. */
export class TabSync {
  private readonly page: Page | undefined = 'document' in globalThis ? (globalThis as Page) : undefined;
  private channel: Channel | undefined;

  /** Without a channel: `BroadcastChannel('bienvenue-auth')` on a page in a browser, else none. */
  constructor(
    channel: Channel | undefined,
    private readonly onChange: () => void,
  ) {
    this.channel = channel ?? (this.page && openChannel());
    this.channel?.addEventListener('message', event => {
      if ((event as { data?: unknown }).data === USER_CHANGED) onChange();
    });
    this.page?.addEventListener?.('pageshow', this.onPageShow);
  }

  announceChange(): void {
    this.channel?.postMessage(USER_CHANGED);
  }

  close(): void {
    this.channel?.close();
    // A closed channel throws when it is used, and responses may still arrive.
    this.channel = undefined;
    this.page?.removeEventListener?.('pageshow', this.onPageShow);
  }

  /** A page from the back/forward cache was frozen, so it may show a user who has signed out since. */
  private readonly onPageShow = ({ persisted }: { persisted: boolean }) => {
    if (persisted) this.onChange();
  };
}

/** Old browsers and React Native have no `BroadcastChannel`; Firefox throws where it blocks the storage of a page. */
function openChannel(): Channel | undefined {
  try {
    return new BroadcastChannel('bienvenue-auth');
  } catch {
    return undefined;
  }
}
