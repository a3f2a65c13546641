/**
 * When the first worker asks jest-light-runner 0.8.2 for its data, all of them get it. One that has not begun to listen
 * misses it, asks, and waits forever for an answer. So what arrives early is kept for the one that will listen.
 */
let data: { type?: string } | undefined;

if (process.send) {
  process.on('message', (message: { type?: string } | undefined) => {
    if (message?.type === 'jest-light-runner-worker-data') data = message;
  });
  process.on('newListener', (event, listener) => {
    if (event === 'message' && data) setImmediate(listener, data);
  });
}
